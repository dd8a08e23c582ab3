// Who the app and the events of texts come as. Nobody has a key or a password.
@minLength(13)
@maxLength(13)
param token string
param location string
param tags object

// Made apart from the app, so that its roles are there when the app starts, and stay when the app is made anew.
resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${token}'
  location: location
  tags: tags
}

// Event Grid delivers as this one. Not as the topic itself, whose principal would be another when the topic is made anew; and not as
// the app, because delivering takes far fewer rights.
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
