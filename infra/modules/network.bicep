// This module is optional. With it, the app reaches storage and vault through private endpoints, and their firewalls are closed to everybody else.
// Texts, providers and telemetry still go over the internet, because they are public services.
param token string
param location string
param tags object
param storageId string
param vaultIds string[]

@description('The range of the network; two subnets are cut from it.')
param addressSpace string = '10.60.0.0/23'

// There are two subnets, because the app's subnet may hold nothing else. The app reaches the internet by the platform's default outbound access.
// Without that (the API of 2025-07-01 and later makes new networks without it), it would need a NAT gateway.
resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        // Flex Consumption needs a subnet of its own with this delegation, and no underscore in its name.
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

// There is one zone for each service that the app uses. Key Vault's private zone has another name than its public one.
var targets = [
  { name: 'blob', resource: storageId, zone: 'privatelink.blob.${storageSuffix}' }
  { name: 'queue', resource: storageId, zone: 'privatelink.queue.${storageSuffix}' }
  { name: 'table', resource: storageId, zone: 'privatelink.table.${storageSuffix}' }
  { name: 'vault', resource: vaultIds[0], zone: 'privatelink.vaultcore.azure.net' }
]

// The service uses the same addresses as before; inside the network these zones resolve them to the endpoints.
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

// The endpoints give storage and vault addresses inside the network.
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

// The same for each further vault, because an endpoint leads to one vault.
resource furtherEndpoints 'Microsoft.Network/privateEndpoints@2025-01-01' = [
  for (id, i) in skip(vaultIds, 1): {
    name: 'pep-vault-${i + 2}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: '${network.id}/subnets/endpoints' }
      privateLinkServiceConnections: [
        { name: 'vault', properties: { privateLinkServiceId: id, groupIds: ['vault'] } }
      ]
    }
  }
]

// Writes their addresses into the zone of vaults, which is the last one.
resource furtherRecords 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = [
  for (id, i) in skip(vaultIds, 1): {
    parent: furtherEndpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: 'vault', properties: { privateDnsZoneId: zones[length(targets) - 1].id } }
      ]
    }
  }
]

// This output waits for the whole module, the records too, because an app that starts before them would not find its storage.
output appSubnetId string = '${network.id}/subnets/app'
