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

@description('Functions for which one instance is always ready, as `function:<name>`.')
param alwaysReady string[]
param insightsConnectionString string

@secure()
@description('The settings of src/config.ts by name. They are secure, because an invite code and a number are among them.')
param settings object

// Settings of the Functions host. Flex Consumption takes the runtime from `functionAppConfig` and refuses the settings that other plans have
// for it (FUNCTIONS_WORKER_RUNTIME, WEBSITE_RUN_FROM_PACKAGE and the like). There are no Key Vault references, because on Flex they fail behind
// a firewall and are refreshed only about daily.
var hostSettings = {
  // Together with the account's name, these make the connection `AzureWebJobsStorage`, by identity.
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // Without it the host would buffer 100 MB before the service sees a byte, and four such requests would end an instance.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2097152'
  // Switches off Azure's own page at `/`.
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

// Flex Consumption allows one app for each plan.
resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  // `reserved` means Linux.
  properties: { reserved: true }
}

// The app uses the identity to which access.bicep gave roles; it has none of its own.
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
      // The delays of jobs spread the load at a provider; the number of instances only limits cost.
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        // From zero a job can wait for a minute or two, and after that Fitbit may not repeat its answer any more.
        alwaysReady: [for name in alwaysReady: { name: name, instanceCount: 1 }]
      }
    }
    siteConfig: {
      // Empty settings are left out, so that the service uses its default or says that the setting is missing.
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

// App Service authentication checks the tokens of callers, and drops a header about the caller that the caller has written. It refuses nobody
// (`AllowAnonymous`), because wearers, providers and health checks use the same site; src/functions/caller.ts asks for the role. Staff sign in
// with a browser to see the board (src/functions/board/on-staff.ts). The service needs no more than their ID token, so there is no client
// secret and no token store.
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
          // The registration asks for one tenant and tokens of version 2.
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          clientId: entraClientId
        }
        validation: { allowedAudiences: [entraClientId] }
      }
    }
    // The platform refuses a form from somebody who is signed in, unless the page that it is on is at one of these origins.
    login: {
      tokenStore: { enabled: false }
      allowedExternalRedirectUrls: union(
        ['https://${site.properties.defaultHostName}'],
        empty(settings.PUBLIC_URL) ? [] : [settings.PUBLIC_URL]
      )
    }
    httpSettings: { requireHttps: true }
  }
}

// azd deploys with a token of Entra ID, so user names and passwords for publishing are off.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

// FTP is off too; Flex Consumption does not have it anyway.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

output name string = site.name
output origin string = 'https://${site.properties.defaultHostName}'
