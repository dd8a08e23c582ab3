// The Function App on Flex Consumption.
param token string
param location string
param tags object
param identityId string
param identityClientId string
param packageContainer string
param subnetId string
param entraClientId string
param allowedAddresses string[]
param deployAddresses string[]
param instanceMemory int

@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Functions of which one instance is kept ready, as `function:<name>`.')
param alwaysReady string[]
param insightsConnectionString string

@secure()
@description('The settings of src/config.ts by name. Secure, because an invite code and a number are among them.')
param settings object

// For the Functions host. Flex Consumption takes the runtime from `functionAppConfig` and refuses the settings that other plans
// have for it (FUNCTIONS_WORKER_RUNTIME, WEBSITE_RUN_FROM_PACKAGE and the like). No Key Vault references: they fail on Flex behind
// a firewall, and are refreshed about daily.
var hostSettings = {
  // With the account's name among the settings: the connection `AzureWebJobsStorage`, by identity.
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The host takes 100 MB into its memory before the service sees a byte: four such requests would end an instance.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2097152'
  // Azure's advertisement at `/`.
  AzureWebJobsDisableHomepage: 'true'
}

var allowRules = [
  for (address, i) in allowedAddresses: {
    name: 'allowed-${i}'
    ipAddress: address
    action: 'Allow'
    priority: 100 + i
  }
]

var deployRules = [
  for (address, i) in deployAddresses: {
    name: 'deploy-${i}'
    ipAddress: address
    action: 'Allow'
    priority: 100 + i
  }
]

// Flex Consumption has one app for each plan.
resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  // `reserved` means Linux.
  properties: { reserved: true }
}

// Its identity is the one that access.bicep gave its roles; it has none of its own.
resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${token}'
  location: location
  // By this tag azd finds where to deploy the service `app` of azure.yaml.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      // The major version that package.json pins.
      runtime: { name: 'node', version: '24' }
      // Jobs are spread by their delays; the number of instances is a limit to cost, not to requests at a provider.
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        // From zero a job can wait for a minute or two, which is longer than Fitbit may repeat an answer.
        alwaysReady: [for name in alwaysReady: { name: name, instanceCount: 1 }]
      }
    }
    siteConfig: {
      // What is empty is left out, so that the service uses its default or says that it is not configured.
      appSettings: map(filter(items(union(settings, hostSettings)), setting => !empty(setting.value)), setting => {
        name: setting.key
        value: setting.value
      })
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictions: allowRules
      ipSecurityRestrictionsDefaultAction: empty(allowedAddresses) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictions: deployRules
      scmIpSecurityRestrictionsDefaultAction: empty(deployAddresses) ? 'Allow' : 'Deny'
    }
  }
}

// Checks the tokens of callers, and drops the header about a caller that a caller has written. It turns nobody away (`AllowAnonymous`),
// because wearers, providers and health checks use the same site: src/functions/caller.ts asks for the role. Nobody signs in here with a
// browser, so there is no client secret and no token store.
resource entra 'Microsoft.Web/sites/config@2024-11-01' = if (!empty(entraClientId)) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          // One tenant, and tokens of version 2, which the registration asks for.
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          clientId: entraClientId
        }
        validation: { allowedAudiences: [entraClientId] }
      }
    }
    login: { tokenStore: { enabled: false } }
    httpSettings: { requireHttps: true }
  }
}

// azd deploys with a token of Entra ID; user names and passwords for publishing stay off.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

// Likewise for FTP, which Flex Consumption does not have.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

output name string = site.name
output origin string = 'https://${site.properties.defaultHostName}'
