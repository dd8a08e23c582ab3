// A domain to send e-mails from.
param token string
param tags object
param dataLocation string
param senderName string

// Domains belong to such a resource; the Communication Services resource is linked to the domain.
resource service 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: 'acse-${token}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
}

// Azure owns and verifies it, so that nobody has to touch DNS. It may send few mails an hour. Azure asks for this name.
resource domain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: service
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    // Tracking would rewrite links, and personal links would then pass through somebody else's server.
    userEngagementTracking: 'Disabled'
  }
}

// The sender that every such domain has; here it gets the name that people see.
resource sender 'Microsoft.Communication/emailServices/domains/senderUsernames@2025-09-01' = {
  parent: domain
  name: 'donotreply'
  properties: { username: 'DoNotReply', displayName: senderName }
}

output domainId string = domain.id
output from string = 'DoNotReply@${domain.properties.fromSenderDomain}'
