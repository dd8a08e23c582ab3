// Delivers delivery reports and replies to the service's queue.
@minLength(13)
@maxLength(13)
param token string
param tags object
param communicationName string
param storageName string
param eventQueue string
param deadLetterContainer string
param identityId string
param principalId string
param actionGroups string[]

// The topic of a global source is global too. It delivers by identity, because there are no keys.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: 'global'
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    source: communication.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: communicationName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = {
  parent: queueService
  name: eventQueue
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = {
  parent: blobs
  name: deadLetterContainer
}

// Ids of Azure's built-in roles, the same in every subscription.
var roles = {
  messageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
}

// Storage Queue Data Message Sender, on this one queue: Event Grid can add messages and do nothing else.
resource topicWritesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(queue.id, principalId, roles.messageSender)
  scope: queue
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.messageSender)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Storage Blob Data Contributor, on this one container: Event Grid writes there what it could not deliver.
resource topicKeepsDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deadLetters.id, principalId, roles.blobContributor)
  scope: deadLetters
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Events go to a queue and not to the app, because in the queue they can wait while the app is down or not yet deployed.
resource delivery 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'sms-events'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.SMSDeliveryReportReceived'
        'Microsoft.Communication.EmailDeliveryReportReceived'
        'Microsoft.Communication.SMSReceived'
      ]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'UserAssigned', userAssignedIdentity: identityId }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: eventQueue
          // Messages never expire, because a STOP must not get lost while it waits.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    // Event Grid tries for a day, which is the most that it allows. It then keeps what it could not deliver, because that may be a STOP.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'UserAssigned', userAssignedIdentity: identityId }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: account.id, blobContainerName: deadLetterContainer }
      }
    }
  }
  // Without its roles the topic could not deliver.
  dependsOn: [topicWritesEvents, topicKeepsDeadLetters]
}

// Event Grid's own attempts repair a few failures; the third attempt comes within a minute or two.
var alarms = [
  {
    name: 'events-failing'
    title: 'Delivery reports and replies do not arrive'
    metric: 'DeliveryAttemptFailCount'
    threshold: 3
  }
  {
    name: 'events-dead'
    title: 'Delivery reports or replies were set aside'
    metric: 'DeadLetteredCount'
    threshold: 0
  }
  {
    name: 'events-lost'
    title: 'Delivery reports or replies are lost'
    metric: 'DroppedEventCount'
    threshold: 0
  }
]

// Event Grid does not tell anybody when it gives up. docs/operations.md, "Replies that did not arrive", says what to do.
resource alarm 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for each in alarms: {
    name: '${each.name}-${token}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Fitbit Token Service: ${each.title}. A STOP may be among them.'
      severity: 1
      enabled: true
      scopes: [topic.id]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT1H'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: each.metric
            metricNamespace: 'Microsoft.EventGrid/systemTopics'
            metricName: each.metric
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: each.threshold
          }
        ]
      }
      autoMitigate: true
      actions: [for id in actionGroups: { actionGroupId: id }]
    }
  }
]
