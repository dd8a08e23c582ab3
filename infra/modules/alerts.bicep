// Alert rules, besides the service's own texts to the operator. They still work when the service says nothing at all.
param token string
param location string
param tags object
param workspaceId string
param operatorEmail string
@minValue(1)
param failuresPerHalfHour int
param deployedAt string
// Whether tokens are rotated every six hours. Any other schedule is taken for a daily one, because nothing here can read it; the service's own alarm follows it exactly.
param isUsualRotation bool
param runsAreLogged bool

// Whom the rules tell. Without an address they still show in the portal, under Alerts.
resource operator 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(operatorEmail)) {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'fitbit-token'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: operatorEmail, useCommonAlertSchema: true }]
  }
}

var actionGroupIds = empty(operatorEmail) ? [] : [operator.id]

var rotationOverdueHours = isUsualRotation ? 7 : 25

// `alarm.raised` is logged once when an alarm begins. Rules look every quarter of an hour at the last half hour, because lines arrive some
// minutes late. A line that is seen twice fires once, because a rule that has fired does not fire again until it is resolved.
var rules = [
  {
    name: 'alarm'
    title: 'The service raised an alarm'
    description: 'The dimension names it; docs/operations.md, "Alarms", says what to do.'
    query: loadTextContent('../queries/alert-alarm.kql')
    severity: 1
    window: 'PT30M'
    threshold: 0
    dimensions: [{ name: 'alarm', operator: 'Include', values: ['*'] }]
    enabled: true
  }
  {
    name: 'poisoned'
    title: 'A job failed five times'
    description: 'The next timer tries again. The function.failed lines before it say why.'
    query: loadTextContent('../queries/alert-poisoned.kql')
    severity: 2
    window: 'PT30M'
    threshold: 0
    dimensions: [{ name: 'job', operator: 'Include', values: ['*'] }]
    enabled: true
  }
  {
    name: 'no-rotation'
    title: 'No rotation for ${rotationOverdueHours} hours'
    description: 'Nothing was dispatched: the app is stopped, cannot start, or cannot reach its storage.'
    // It counts from the deployment; otherwise it would fire before the first run is due.
    query: replace(
      replace(loadTextContent('../queries/alert-no-rotation.kql'), 'DEPLOYED_AT', deployedAt),
      'OVERDUE',
      '${rotationOverdueHours}h'
    )
    severity: 0
    window: 'P1D'
    threshold: 0
    dimensions: []
    enabled: runsAreLogged
  }
  {
    name: 'cannot-start'
    title: 'The app does not do its work'
    description: 'A setting is malformed, the package does not load, or the host cannot read a function. The message says which.'
    query: loadTextContent('../queries/alert-cannot-start.kql')
    severity: 0
    window: 'PT30M'
    threshold: 0
    dimensions: []
    enabled: true
  }
  {
    name: 'failures'
    title: 'Many invocations fail'
    description: 'function.failed lines name function, code and place; without one the worker was killed, or the host gave up.'
    query: loadTextContent('../queries/alert-failures.kql')
    severity: 2
    window: 'PT30M'
    threshold: failuresPerHalfHour - 1
    dimensions: []
    enabled: true
  }
  {
    name: 'sms-budget'
    title: 'The budget for texts is used up'
    description: 'Texts wait. Find out why before raising SMS_BUDGET_PER_DAY or SMS_BUDGET_PER_MONTH.'
    query: loadTextContent('../queries/alert-sms-budget.kql')
    severity: 1
    window: 'PT30M'
    threshold: 0
    dimensions: []
    enabled: true
  }
]

// The rules query the workspace and not Application Insights, so that they use the same table as the saved queries, AppTraces.
resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Fitbit Token Service: ${rule.title}'
      description: rule.description
      severity: rule.severity
      enabled: rule.enabled
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: rule.window
      // The longest that Azure allows; otherwise a query sees no further back than its window.
      overrideQueryTimeRange: rule.window == 'P1D' ? 'P2D' : null
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: rule.dimensions
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      // The tables of a new workspace do not exist yet when Azure validates the query, and the whole deployment would fail.
      skipQueryValidation: true
      actions: { actionGroups: actionGroupIds }
    }
  }
]

output actionGroups string[] = actionGroupIds
