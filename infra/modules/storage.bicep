// Holds the service's own tables and queues, and what the Functions host keeps: timers, keys, the package.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object
param isolated bool
param operatorAddresses string[]

var addressRules = [for address in operatorAddresses: { value: address, action: 'Allow' }]

// There is one account for everything, because the host and the service use the same identity in any case.
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'st${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  // The copies are in one data centre. Table data has no soft delete in any case: docs/operations.md, "A lost storage account".
  sku: { name: 'Standard_LRS' }
  properties: {
    // There are no account keys, so none can leak: everybody, Event Grid too, signs in with an identity.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // It is not 'Disabled', because Event Grid cannot deliver through a private endpoint. With the firewall closed it still comes in, as
    // a trusted service with an identity.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: isolated ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
      ipRules: isolated ? addressRules : []
    }
  }
}

// The part of the account that holds containers. It always has this name.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
}

// Flex Consumption runs the package from here, and reads it with the app's identity.
resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'app-package'
  properties: { publicAccess: 'None' }
}

// The part of the account that holds queues. It always has this name too.
resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

// Event Grid keeps here what it could not deliver.
resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'dead-letters'
  properties: { publicAccess: 'None' }
}

// Dead letters contain phone numbers, so they are deleted after a month.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'remove-dead-letters'
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob', 'appendBlob'], prefixMatch: ['${deadLetters.name}/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }
          }
        }
      ]
    }
  }
}

var eventQueue = 'sms-events'
var workQueues = [
  'rotate-token'
  'check-battery'
  'close-connection'
  'send-links'
  'send-webhook'
  'operate'
  eventQueue
]
var allQueues = concat(workQueues, map(workQueues, name => '${name}-poison'))

// Event Grid subscribes before the app has ever run, so its queue has to exist. The service would make the others at their first use, but until
// then the host asks for them at every poll, and each refusal is a log line that costs money.
resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for name in allQueues: {
    parent: queueService
    name: name
  }
]

output id string = account.id
output name string = account.name
output eventQueue string = eventQueue
output deadLetterContainer string = deadLetters.name
output packageContainer string = '${account.properties.primaryEndpoints.blob}${packages.name}'
