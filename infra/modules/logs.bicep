// Log lines and telemetry, and saved queries over them: Log Analytics workspace > Logs > Queries > "Fitbit Token Service".
param token string
param location string
param tags object
param days int

var telemetryTables = [
  'AppDependencies'
  'AppEvents'
  'AppExceptions'
  'AppMetrics'
  'AppPerformanceCounters'
  'AppRequests'
  'AppSystemEvents'
  'AppTraces'
]

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

// Tables of Application Insights keep their rows for 90 days, whatever the workspace says, unless each is told otherwise.
resource tables 'Microsoft.OperationalInsights/workspaces/tables@2025-02-01' = [for name in telemetryTables: {
  parent: workspace
  name: name
  properties: { retentionInDays: days, totalRetentionInDays: days }
}]

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

var queries = [
  { name: 'rotations', title: 'Rotations by hour', text: loadTextContent('../queries/rotations.kql') }
  { name: 'refresh-outcomes', title: 'What refreshes came to', text: loadTextContent('../queries/refresh-outcomes.kql') }
  { name: 'overdue-connections', title: 'Connections overdue', text: loadTextContent('../queries/overdue-connections.kql') }
  { name: 'messages', title: 'Texts by day', text: loadTextContent('../queries/messages.kql') }
]

// In the workspace, next to the tables that they ask.
resource saved 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-02-01' = [for query in queries: {
  parent: workspace
  name: query.name
  properties: {
    category: 'Fitbit Token Service'
    displayName: query.title
    query: query.text
    version: 2
  }
}]

output workspaceId string = workspace.id
output insightsName string = insights.name
output insightsConnectionString string = insights.properties.ConnectionString
