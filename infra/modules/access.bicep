// Who may do what. Assignments are named after the principal, the role and what it is for: the same ones at every deployment, and new
// ones for an identity that was made anew, because Azure refuses to give an old name to another principal.
param storageName string
param vaultName string
param communicationName string
param insightsName string
param appPrincipalId string
param operatorId string
param operatorType string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: communicationName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Ids of Azure's built-in roles, the same in every subscription.
var roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  communicationOwner: '09976791-48a7-449e-bb21-39d1a415f350'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// Storage Blob Data Owner: what the Functions host asks for. It keeps its timers' state, its function keys and the locks that
// make a timer run once in blobs, and reads the package from there. The service itself has no blobs.
resource hostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.blobOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Storage Queue Data Contributor: jobs are added, taken, put back and taken back again. The host also asks whether a poison queue is
// there before it writes to it.
resource appWorksQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.queueContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Storage Table Data Contributor: the records, in tables that the service makes at their first use.
resource appKeepsRecords 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.tableContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Key Vault Secrets Officer, not Secrets User: every rotation writes a token set, a disconnect deletes it. No built-in role writes and
// cannot delete and purge, and no role spares a single secret. What keeps the app's identity from destroying `link-key`, on which all
// links and codes hang, is purge protection: deleted, it can be brought back for `softDeleteDays`.
resource appKeepsTokens 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, roles.secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsOfficer)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Communication and Email Service Owner: the smallest built-in role that lets an identity send, by what others report; Microsoft's
// pages do not name one for texts, and custom roles are said not to be honoured. It is assigned on this one resource.
resource appSendsTexts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, appPrincipalId, roles.communicationOwner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.communicationOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Monitoring Metrics Publisher: telemetry is sent by identity; the connection string alone is not enough.
resource appSendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Key Vault Secrets Officer for everybody who has ever deployed, to set the client secrets; an owner of the subscription cannot read or
// write a secret by that alone.
resource operatorSetsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(vault.id, operatorId, roles.secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsOfficer)
    principalId: operatorId
    principalType: empty(operatorType) ? null : operatorType
  }
}
