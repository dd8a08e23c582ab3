// The service that sends texts and e-mails.
param token string
param tags object
param dataLocation string

@description('Ids of the domains to send e-mails from.')
param mailDomainIds string[]

// A number is bought by hand and belongs to this resource: deleting the resource gives the number up.
resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-${token}'
  // The resource has no region; `dataLocation` says where its data is kept.
  location: 'global'
  tags: tags
  properties: union(
    {
      dataLocation: dataLocation
      // There are no keys here either; the app sends with its identity.
      disableLocalAuth: true
    },
    // Without a domain nothing is said about domains, so that one that was linked by hand stays linked.
    empty(mailDomainIds) ? {} : { linkedDomains: mailDomainIds }
  )
}

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
