// Holds token sets. The first of several also holds client secrets and the key from which personal links and codes are derived. Secrets never
// pass through a template: the operator sets the providers' secrets by `az keyvault secret set` (docs/deploying.md), and the service writes the
// others.
param name string
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

// Each environment has a vault of its own, because a role on the vault is a role on every token set.
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    // A deleted vault keeps its name for `softDeleteDays`; Azure then refuses to make it again, but can recover it.
    createMode: recover ? 'recover' : 'default'
    // Access is by roles and not by access policies, because somebody who may change the vault could give themselves its secrets by a policy.
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteDays
    // Azure refuses `false` once it has been true, so the template leaves it out instead. With it nobody can destroy a secret, not even the
    // app's identity; the revoked token sets of a wearer who disconnects stay recoverable for `softDeleteDays`.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: isolated && empty(operatorAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isolated ? 'Deny' : 'Allow'
      bypass: 'None'
      ipRules: isolated ? addressRules : []
    }
  }
}

// Logs who read or wrote which secret, and when, but never a value.
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
