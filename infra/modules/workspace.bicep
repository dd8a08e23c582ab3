// The Log Analytics workspace.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object
@minValue(30)
@maxValue(730)
param days int

@description('The rule that takes personal links out of rows that arrive. The rule needs the workspace, and the workspace names the rule, so the workspace is written twice.')
param ruleId string = ''

// All rows of the service, of the host and of the vault's audit log are here.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: days
    defaultDataCollectionRuleResourceId: empty(ruleId) ? null : ruleId
    features: {
      disableLocalAuth: true
      // To read logs, somebody needs a role on the workspace; a role on the app or the vault is not enough.
      enableLogAccessUsingOnlyResourcePermissions: false
    }
  }
}

output id string = workspace.id
output name string = workspace.name
