// How long telemetry is kept, and saved queries over it: Log Analytics workspace > Logs > Queries > "Fitbit Token Service".
param workspaceName string
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

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

// One after the other, because Azure refuses changes of one workspace that come side by side. Tables of Application Insights keep their rows for 90 days, whatever the workspace says, unless each is told otherwise.
@batchSize(1)
resource tables 'Microsoft.OperationalInsights/workspaces/tables@2025-02-01' = [
  for name in telemetryTables: {
    parent: workspace
    name: name
    properties: { retentionInDays: days, totalRetentionInDays: days }
  }
]

var queries = [
  { name: 'rotations', title: 'Rotations by hour', text: loadTextContent('../queries/rotations.kql') }
  {
    name: 'refresh-outcomes'
    title: 'What refreshes came to'
    text: loadTextContent('../queries/refresh-outcomes.kql')
  }
  {
    name: 'overdue-connections'
    title: 'Connections overdue'
    text: loadTextContent('../queries/overdue-connections.kql')
  }
  {
    name: 'one-connection'
    title: 'One connection in time order'
    text: loadTextContent('../queries/one-connection.kql')
  }
  { name: 'messages', title: 'Texts by day', text: loadTextContent('../queries/messages.kql') }
]

// In the workspace, next to the tables that they ask.
@batchSize(1)
resource saved 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-02-01' = [
  for query in queries: {
    parent: workspace
    name: query.name
    properties: {
      // Without it Azure refuses the second deployment (409). It belongs here, though the types know it one level up only.
      #disable-next-line BCP037
      etag: '*'
      category: 'Fitbit Token Service'
      displayName: query.title
      query: query.text
      version: 2
    }
  }
]
