// Optional. The app reaches storage and vault through private endpoints; their firewalls are shut to everybody else.
// Texts, providers and telemetry still go over the internet: they are public services.
param token string
param location string
param tags object
param storageId string
param vaultId string

@description('Two subnets are cut from it.')
param addressSpace string = '10.60.0.0/23'

// Two subnets, because the one of the app may hold nothing else. Its way out to the internet is the platform's; were there none
// (new networks are made without one since the API of 2025-07-01), it would need a NAT gateway.
resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        // Flex Consumption wants a subnet of its own, delegated so, and no underscore in its name.
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 24, 0)
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 24, 1)
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

var storageSuffix = environment().suffixes.storage

// One for each service that the app uses. Key Vault's private zone is not called like its public one.
var targets = [
  { name: 'blob', resource: storageId, zone: 'privatelink.blob.${storageSuffix}' }
  { name: 'queue', resource: storageId, zone: 'privatelink.queue.${storageSuffix}' }
  { name: 'table', resource: storageId, zone: 'privatelink.table.${storageSuffix}' }
  { name: 'vault', resource: vaultId, zone: 'privatelink.vaultcore.azure.net' }
]

// The service's addresses stay the same; inside the network these zones lead them to the endpoints.
resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for target in targets: {
    name: target.zone
    location: 'global'
    tags: tags
  }
]

// A zone counts only in networks that it is linked to.
resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (target, i) in targets: {
    parent: zones[i]
    name: target.name
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

// Addresses in the network behind which storage and vault are.
resource endpoints 'Microsoft.Network/privateEndpoints@2025-01-01' = [
  for target in targets: {
    name: 'pep-${target.name}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: '${network.id}/subnets/endpoints' }
      privateLinkServiceConnections: [
        { name: target.name, properties: { privateLinkServiceId: target.resource, groupIds: [target.name] } }
      ]
    }
  }
]

// Writes each endpoint's address into its zone.
resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = [
  for (target, i) in targets: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: target.name, properties: { privateDnsZoneId: zones[i].id } }]
    }
  }
]

// Known once all of this module is there, the records too: an app that starts before them would not find its storage.
output appSubnetId string = '${network.id}/subnets/app'
