// Texts out, and what comes back: delivery reports and replies.
param token string
param tags object
param dataLocation string
param storageName string
param eventQueue string

// A number is bought by hand and belongs to this resource: whoever deletes it gives the number back.
resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-${token}'
  // The service itself has no region; where data rests is `dataLocation`.
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    // No keys either: the app sends with its identity.
    disableLocalAuth: true
  }
}

// Of a source that is global the topic is global too. Its own identity writes to the queue, since there are no keys.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: 'global'
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: communication.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
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

var messageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

// Storage Queue Data Message Sender, on this one queue: the topic adds messages and can do nothing else.
resource topicWritesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(queue.id, topic.id, messageSender)
  scope: queue
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// To a queue and not to the app: events wait there while the app is down or not yet deployed.
resource delivery 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'sms-events'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.SMSDeliveryReportReceived'
        'Microsoft.Communication.SMSReceived'
      ]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: eventQueue
          // For ever: a STOP must not run out while it waits.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    // The most that Event Grid allows: tried for a day.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
  // Without its role the topic could not deliver.
  dependsOn: [topicWritesEvents]
}

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
