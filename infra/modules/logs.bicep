// Log lines and telemetry.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object
@minValue(30)
@maxValue(730)
param days int

// All rows are here, of the service, of the host and of the vault's audit.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: days
    features: {
      disableLocalAuth: true
      // Whoever may read a resource may read its logs, besides those with a role on the workspace. Request telemetry holds personal
      // links: few should have either.
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

// What the host sends telemetry to; it keeps its rows in the workspace.
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // Telemetry is taken from the app's identity only; the connection string is no secret then.
    DisableLocalAuth: true
  }
}

output workspaceId string = workspace.id
output workspaceName string = workspace.name
output insightsName string = insights.name
output insightsConnectionString string = insights.properties.ConnectionString
