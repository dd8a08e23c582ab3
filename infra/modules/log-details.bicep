// Says how long telemetry is kept, and saves queries over it: Log Analytics workspace > Logs > Queries > "Fitbit Token Service".
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

// They are written one after the other, because Azure refuses changes of one workspace at the same time. Tables of Application Insights keep their
// rows for 90 days, whatever the workspace says, unless each table says otherwise.
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

// The queries are saved in the workspace, next to their tables.
@batchSize(1)
resource saved 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-02-01' = [
  for query in queries: {
    parent: workspace
    name: query.name
    properties: {
      // Without it Azure refuses the second deployment (409). It belongs here, although Azure's types know it only one level up.
      #disable-next-line BCP037
      etag: '*'
      category: 'Fitbit Token Service'
      displayName: query.title
      query: query.text
      version: 2
    }
  }
]
