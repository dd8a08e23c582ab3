// What texts are sent with.
param token string
param tags object
param dataLocation string

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

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
