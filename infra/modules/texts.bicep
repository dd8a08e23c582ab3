// The service that sends texts.
param token string
param tags object
param dataLocation string

// A number is bought by hand and belongs to this resource: deleting the resource gives the number up.
resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-${token}'
  // The resource has no region; `dataLocation` says where its data is kept.
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    // There are no keys here either; the app sends with its identity.
    disableLocalAuth: true
  }
}

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
