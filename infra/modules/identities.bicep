// The identities of the app and of Event Grid. There are no keys or passwords.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object

// The app's identity is a resource of its own, so that it has its roles when the app starts, and keeps them when the app is made again.
resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${token}'
  location: location
  tags: tags
}

// Event Grid delivers with this identity. It does not use the topic's own, because that would change when the topic is made again; nor the
// app's, because delivering needs far fewer rights.
resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-events-${token}'
  location: location
  tags: tags
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output eventsId string = events.id
output eventsPrincipalId string = events.properties.principalId
