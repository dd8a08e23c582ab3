// Token sets, client secrets and the key that links and codes are derived from. Secrets never pass through a template:
// docs/deploying.md sets the providers' by `az keyvault secret set`, the service writes the others.
param token string
param location string
param tags object
param workspaceId string
param purgeProtection bool
@minValue(7)
@maxValue(90)
param softDeleteDays int
param recover bool
param isolated bool
param operatorAddresses string[]

var addressRules = [for address in operatorAddresses: { value: address }]

// One for each environment: whoever has a role here has it on every token set.
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    // A deleted vault keeps its name for `softDeleteDays`; making it anew within them is refused, recovering it is not.
    createMode: recover ? 'recover' : 'default'
    // Roles, not access policies: whoever may change the vault cannot give themselves its secrets that way.
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteDays
    // Azure refuses `false` where it has once been true, so it is left out instead. With it nobody can destroy a secret, the app's
    // identity included; a wearer who disconnects leaves revoked token sets behind for `softDeleteDays`.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: isolated && empty(operatorAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isolated ? 'Deny' : 'Allow'
      bypass: 'None'
      ipRules: isolated ? addressRules : []
    }
  }
}

// Who read or wrote which secret, and when; never a value.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
