// Everything that `azd up` makes, in one resource group of its own. docs/deploying.md says how to use it; each module says
// why its resources are as they are. Plain resources with pinned API versions, no registry modules: nothing is fetched.
targetScope = 'subscription'

// ---- Where ----

@minLength(1)
@maxLength(40)
@description('Name of the azd environment; every resource is named after it.')
param environmentName string

@description('Region. Only those with Flex Consumption: `az functionapp list-flexconsumption-locations` is the live list.')
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of whoever may set secrets in the vault; azd fills in the one who runs it. Empty: nobody.')
param principalId string = ''

// ---- What the service is told: the settings of src/config.ts. Empty: its own default, or not configured yet ----

@description('Origin of a custom domain, such as https://tokens.example.com. Empty: the host name that Azure gives.')
param publicUrl string = ''

@description('When tokens are rotated; NCRONTAB, UTC.')
@minLength(1)
param rotationSchedule string = '0 0 */6 * * *'

@description('When batteries are checked; NCRONTAB, UTC.')
@minLength(1)
param batterySchedule string = '0 0 * * * *'

@description('When the watchdog looks for the absence of success; NCRONTAB, UTC.')
@minLength(1)
param watchdogSchedule string = '0 15 * * * *'

@description('When old things are removed; NCRONTAB, UTC.')
@minLength(1)
param housekeepingSchedule string = '0 30 * * * *'

param googleHealthClientId string = ''
param googleHealthOptionalScopes string = ''
param fitbitClientId string = ''
param fitbitOptionalScopes string = ''

@description('The number to text from. A toll-free one takes weeks; until then the service runs without.')
param smsFrom string = ''
param smsCountries string = ''

@description('send, or log for a dry run.')
@allowed(['', 'send', 'log'])
param smsMode string = ''

@secure()
@description('Number that alarms are texted to. Secure: it stays out of the history of deployments.')
param operatorPhone string = ''
param operatorContact string = ''
param serviceName string = ''

@secure()
@description('When set, nobody signs up without it.')
param inviteCode string = ''

@description('Who else may use a wearer’s access, as every page then says. Empty: nobody.')
param sharedWith string = ''
param batteryThreshold string = ''
param alertOnScales string = ''
param limitTextsPerNumber string = ''
param limitTextsPerClient string = ''
param limitTextsPerPrefix string = ''
param limitTextsPerDay string = ''
param limitTextsPerWearer string = ''
param smsBudgetPerDay string = ''
param smsBudgetPerMonth string = ''

@allowed(['debug', 'info', 'warn', 'error'])
param logLevel string = 'info'

// ---- How it is built ----

@description('Where Communication Services keeps its data at rest. Cannot be changed later.')
@minLength(1)
param smsDataLocation string = 'United States'

@description('E-mail address that Azure writes to when an alert rule fires. Empty: the rules fire without telling anybody.')
param operatorEmail string = ''

@description('Deleted secrets and a deleted vault cannot be purged by anybody, for as long as they are kept. Cannot be undone.')
param purgeProtection bool = false

@minValue(7)
@maxValue(90)
@description('For how long deleted secrets and a deleted vault are kept, and their names taken. Fixed when the vault is made.')
param softDeleteDays int = 7

@description('True once, to bring back a vault that was deleted with an earlier `azd down`.')
param recoverVault bool = false

@description('Storage and vault are reached through a virtual network only.')
param networkIsolation bool = false

@description('With networkIsolation: addresses from which secrets can be set and tables looked at, such as 203.0.113.7.')
param operatorAddresses array = []

@description('Ranges that may reach the app, such as 203.0.113.0/24; wearers and providers are browsers. Empty: everybody.')
param allowedAddresses array = []

@description('Ranges that may deploy. Empty: everybody with the right to.')
param deployAddresses array = []

@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@minValue(30)
@maxValue(730)
param logDays int = 30

@description('How many failed invocations in half an hour are worth an alert.')
param failuresPerHalfHour int = 10

@description('Left alone: the time of this deployment, from which "no rotation" counts.')
param deployedAt string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

// The same every time for the same environment, so that a second `azd up` finds what the first one made.
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

var operatorSettings = {
  PUBLIC_URL: publicUrl
  ROTATION_SCHEDULE: rotationSchedule
  BATTERY_SCHEDULE: batterySchedule
  WATCHDOG_SCHEDULE: watchdogSchedule
  HOUSEKEEPING_SCHEDULE: housekeepingSchedule
  GOOGLE_HEALTH_CLIENT_ID: googleHealthClientId
  GOOGLE_HEALTH_OPTIONAL_SCOPES: googleHealthOptionalScopes
  FITBIT_CLIENT_ID: fitbitClientId
  FITBIT_OPTIONAL_SCOPES: fitbitOptionalScopes
  SMS_FROM: smsFrom
  SMS_COUNTRIES: smsCountries
  SMS_MODE: smsMode
  OPERATOR_PHONE: operatorPhone
  OPERATOR_CONTACT: operatorContact
  SERVICE_NAME: serviceName
  INVITE_CODE: inviteCode
  SHARED_WITH: sharedWith
  BATTERY_THRESHOLD: batteryThreshold
  ALERT_ON_SCALES: alertOnScales
  LIMIT_TEXTS_PER_NUMBER: limitTextsPerNumber
  LIMIT_TEXTS_PER_CLIENT: limitTextsPerClient
  LIMIT_TEXTS_PER_PREFIX: limitTextsPerPrefix
  LIMIT_TEXTS_PER_DAY: limitTextsPerDay
  LIMIT_TEXTS_PER_WEARER: limitTextsPerWearer
  SMS_BUDGET_PER_DAY: smsBudgetPerDay
  SMS_BUDGET_PER_MONTH: smsBudgetPerMonth
  LOG_LEVEL: logLevel
}

// One group, so that `azd down` takes exactly what `azd up` made.
resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module logs 'modules/logs.bicep' = {
  name: 'logs'
  scope: group
  params: { token: token, location: location, tags: tags, days: logDays }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    isolated: networkIsolation
    operatorAddresses: operatorAddresses
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: logs.outputs.workspaceId
    purgeProtection: purgeProtection
    softDeleteDays: softDeleteDays
    recover: recoverVault
    isolated: networkIsolation
    operatorAddresses: operatorAddresses
  }
}

module texts 'modules/texts.bicep' = {
  name: 'texts'
  scope: group
  params: {
    token: token
    tags: tags
    dataLocation: smsDataLocation
  }
}

// Nothing waits for it: should Azure refuse the topic, everything else is there.
module events 'modules/events.bicep' = {
  name: 'events'
  scope: group
  params: {
    token: token
    tags: tags
    communicationName: texts.outputs.name
    storageName: storage.outputs.name
    eventQueue: storage.outputs.eventQueue
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    communicationName: texts.outputs.name
    insightsName: logs.outputs.insightsName
    operatorId: principalId
  }
}

module network 'modules/network.bicep' = if (networkIsolation) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
  }
}

// Waits for `access`, whose outputs it takes: the app finds its roles assigned when it starts.
module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: access.outputs.identityId
    identityClientId: access.outputs.identityClientId
    packageContainer: storage.outputs.packageContainer
    subnetId: networkIsolation ? network.?outputs.appSubnetId ?? '' : ''
    allowedAddresses: allowedAddresses
    deployAddresses: deployAddresses
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    insightsConnectionString: logs.outputs.insightsConnectionString
    settings: union(operatorSettings, {
      KEY_VAULT_URI: vault.outputs.uri
      ACS_ENDPOINT: texts.outputs.endpoint
      AzureWebJobsStorage__accountName: storage.outputs.name
      AZURE_CLIENT_ID: access.outputs.identityClientId
    })
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: logs.outputs.workspaceId
    operatorEmail: operatorEmail
    failuresPerHalfHour: failuresPerHalfHour
    deployedAt: deployedAt
    // A run is logged at `info`: a service that is told to say less would look as if it did nothing.
    runsAreLogged: contains(['debug', 'info'], logLevel)
  }
}

var origin = empty(publicUrl) ? app.outputs.origin : publicUrl

// azd keeps these in the environment: `azd env get-values`. None is named like a setting, or the next `azd up` would read it as one.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = app.outputs.name
output KEY_VAULT_NAME string = vault.outputs.name
output COMMUNICATION_SERVICES_NAME string = texts.outputs.name
output STORAGE_ACCOUNT_NAME string = storage.outputs.name
@description('To be registered at the provider, exactly so.')
output REDIRECT_URI string = '${origin}/api/oauth/callback'
output SIGN_UP_URL string = '${origin}/api/signup'
output HEALTH_URL string = '${origin}/api/health'
