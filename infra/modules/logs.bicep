// Where log lines and telemetry go.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object
@minValue(30)
@maxValue(730)
param days int

module workspace 'workspace.bicep' = {
  name: 'workspace'
  params: { token: token, location: location, tags: tags, days: days }
}

// The host and the front end log a request by its address, and a personal link is in the address. `host.json` tells the host to leave addresses
// out. This rule removes any address that still arrives, before the row is stored. The queries use neither column.
resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'dcr-${token}'
  location: location
  tags: tags
  kind: 'WorkspaceTransforms'
  properties: {
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.outputs.id }]
    }
    dataFlows: [
      {
        streams: ['Microsoft-Table-AppRequests']
        destinations: ['workspace']
        transformKql: 'source | project-away Url, Properties'
      }
      {
        streams: ['Microsoft-Table-AppTraces']
        destinations: ['workspace']
        transformKql: 'source | where Message !contains "/m/" and Message !contains "/confirm-email/" and Message !contains "/u/"'
      }
    ]
  }
}

module workspaceWithRule 'workspace.bicep' = {
  name: 'workspace-with-rule'
  params: { token: token, location: location, tags: tags, days: days, ruleId: rule.id }
}

// The host sends telemetry here; the rows are kept in the workspace.
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceWithRule.outputs.id
    IngestionMode: 'LogAnalytics'
    // Only the app's identity can send telemetry, so the connection string is no secret.
    DisableLocalAuth: true
  }
}

output workspaceId string = workspaceWithRule.outputs.id
output workspaceName string = workspaceWithRule.outputs.name
output insightsName string = insights.name
output insightsConnectionString string = insights.properties.ConnectionString
