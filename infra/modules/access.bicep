// Who may do what. An assignment is named after the principal, the role and its purpose. Its name is the same at every deployment, and new
// for an identity that was made again, because Azure refuses to give an old name to another principal.
param storageName string
param vaultNames string[]
param communicationName string
param insightsName string
param appPrincipalId string
param operatorId string
param operatorType string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vaults 'Microsoft.KeyVault/vaults@2026-02-01' existing = [for name in vaultNames: { name: name }]

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

// Storage Blob Data Owner: the Functions host needs it. The host keeps its timers' state, its function keys and the locks that make a timer
// run only once in blobs, and reads the package from there. The service itself has no blobs.
resource hostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.blobOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Storage Queue Data Contributor: the service adds, takes, puts back and cancels jobs. The host also asks whether a poison queue exists before
// it writes to it.
resource appWorksQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.queueContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Storage Table Data Contributor: the service writes records, and makes the tables at their first use.
resource appKeepsRecords 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.tableContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Key Vault Secrets Officer, not Secrets User: every rotation writes a token set, a disconnect deletes it. Every built-in
// role that can write can also delete and purge, and no role can exempt a single secret. Purge protection keeps the app's identity from destroying
// `link-key`, from which all personal links and codes are derived: once deleted, it can be brought back for `softDeleteDays`.
resource appKeepsTokens 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, n) in vaultNames: {
    name: guid(vaults[n].id, appPrincipalId, roles.secretsOfficer)
    scope: vaults[n]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsOfficer)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

// Communication and Email Service Owner: others report that it is the smallest built-in role that lets an identity send texts, and that custom
// roles do not work. Microsoft's pages name no role for texts. It is assigned on this one resource, and lets the app send e-mails too from a
// domain that is linked to the resource.
resource appSendsTexts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, appPrincipalId, roles.communicationOwner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.communicationOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Monitoring Metrics Publisher: the app sends telemetry by identity, because the connection string alone is not enough.
resource appSendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Key Vault Secrets Officer for everybody who has ever deployed: to set the client secrets, which are in the first vault, and to back up, restore and
// enable what is in all of them. Owning the subscription is not enough to read or write a secret.
resource operatorSetsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, n) in vaultNames: if (!empty(operatorId)) {
    name: guid(vaults[n].id, operatorId, roles.secretsOfficer)
    scope: vaults[n]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsOfficer)
      principalId: operatorId
      principalType: empty(operatorType) ? null : operatorType
    }
  }
]
