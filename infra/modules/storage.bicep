// The service's own tables and queues, and what the Functions host keeps: timers, keys, the package.
param token string
param location string
param tags object
param isolated bool
param operatorAddresses array

var addressRules = [for address in operatorAddresses: { value: address, action: 'Allow' }]

// One account for everything: the host and the service come with the same identity in any case.
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'st${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  // Copies in one data centre. Table data has no soft delete in any case: docs/operations.md, "A lost storage account".
  sku: { name: 'Standard_LRS' }
  properties: {
    // Nobody has a key to lose: everybody, Event Grid too, comes with an identity.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Not 'Disabled': Event Grid cannot deliver through a private endpoint. With the firewall shut it still comes in, as a
    // trusted service with an identity.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: isolated ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
      ipRules: isolated ? addressRules : []
    }
  }
}

// The part of the account that holds containers, always of this name.
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

// The part that holds queues, likewise.
resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

// Event Grid subscribes to it before the app has ever run, so it has to be there.
resource smsEvents 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = {
  parent: queueService
  name: 'sms-events'
}

var jobQueues = ['rotate-token', 'check-battery', 'close-connection', 'send-links']

// The service would make these at their first use; here a missing one cannot be mistaken for an empty one. Their poison
// queues are made by the host, the tables by the service.
resource jobs 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for name in jobQueues: {
  parent: queueService
  name: name
}]

output id string = account.id
output name string = account.name
output eventQueue string = smsEvents.name
output packageContainer string = '${account.properties.primaryEndpoints.blob}${packages.name}'
