// Everything that `azd up` makes, in one resource group of its own. docs/deploying.md says how to use it; each module says
// why its resources are as they are. Plain resources with pinned API versions, no registry modules: nothing is fetched.
//
// Every parameter is a text. azd drops a value that it cannot read as a parameter's type and takes the default without a word:
// `NETWORK_ISOLATION=yes` would be a public vault. Azure refuses a text that is not allowed, and says so.
targetScope = 'subscription'

// ---- Where ----

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; every resource is named after it. It must not end in a full stop.')
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

@description('Object id of the person or program that may set secrets in the vault: the one that deploys.')
param principalId string = deployer().objectId

@description('Azure looks it up if it is not said, which takes a while for a principal that is new.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param principalType string = ''

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

@description('Client id of the app registration that operators and programs sign in to; see docs/deploying.md, "Microsoft Entra sign-in". Empty: function keys alone.')
param entraClientId string = ''

@secure()
@description('When set, nobody signs up without it.')
param inviteCode string = ''

@description('Who else may use a wearer’s access, as every page then says. Empty: nobody.')
param sharedWith string = ''

@description('Where wearers may be sent back to after a sign-up with an invite: https addresses, with commas between.')
param returnAddresses string = ''
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
@allowed(['true', 'false'])
param purgeProtection string = 'true'

@description('For how many days deleted secrets and a deleted vault are kept, 7 to 90. Fixed when the vault is made.')
param softDeleteDays string = '7'

@description('True once, to bring back a vault that was deleted with an earlier `azd down`.')
@allowed(['true', 'false'])
param recoverVault string = 'false'

@description('Delivery reports and replies come back through Event Grid. False: texts are sent all the same, without them.')
@allowed(['true', 'false'])
param deliveryReports string = 'true'

@description('Storage and vault are reached through a virtual network only.')
@allowed(['true', 'false'])
param networkIsolation string = 'false'

@description('With networkIsolation: addresses from which secrets can be set and tables looked at, such as 203.0.113.7,203.0.113.8.')
param operatorAddresses string = ''

@description('Ranges that may reach the app, such as 203.0.113.0/24; wearers and providers are browsers. Empty: everybody.')
param allowedAddresses string = ''

@description('Ranges that may deploy. Empty: everybody with the right to.')
param deployAddresses string = ''

@allowed(['512', '2048', '4096'])
param instanceMemory string = '2048'

@description('From 1 to 1000.')
param maximumInstances string = '40'

@description('One instance waits for refreshes where a provider is configured that rotates refresh tokens; see docs/deploying.md, "Costs".')
@allowed(['true', 'false'])
param rotationAlwaysReady string = 'true'

@description('For how many days logs and telemetry are kept, 30 to 730.')
param logDays string = '30'

@description('How many failed invocations in half an hour are worth an alert; 1 or more.')
param failuresPerHalfHour string = '10'

@description('Left alone: the time of this deployment, from which "no rotation" counts.')
param deployedAt string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

// The same every time for the same environment, so that a second `azd up` finds what the first one made.
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

var isolated = networkIsolation == 'true'
var operatorAddressList = addressesIn(operatorAddresses)

// A list is a text with commas.
func addressesIn(text string) string[] =>
  filter(map(split(text, ','), address => trim(address)), address => !empty(address))

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
  ENTRA_CLIENT_ID: entraClientId
  INVITE_CODE: inviteCode
  SHARED_WITH: sharedWith
  RETURN_ADDRESSES: returnAddresses
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
  params: { token: token, location: location, tags: tags, days: int(logDays) }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    isolated: isolated
    operatorAddresses: operatorAddressList
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
    purgeProtection: purgeProtection == 'true'
    softDeleteDays: int(softDeleteDays)
    recover: recoverVault == 'true'
    isolated: isolated
    operatorAddresses: operatorAddressList
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

// Made before anything has a role: assignments are named after the principals.
module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { token: token, location: location, tags: tags }
}

module access 'modules/access.bicep' = {
  name: 'access'
  scope: group
  params: {
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    communicationName: texts.outputs.name
    insightsName: logs.outputs.insightsName
    appPrincipalId: identities.outputs.appPrincipalId
    operatorId: principalId
    operatorType: principalType
  }
}

module network 'modules/network.bicep' = if (isolated) {
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

// The app finds its roles assigned when it starts.
module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: identities.outputs.appId
    identityClientId: identities.outputs.appClientId
    packageContainer: storage.outputs.packageContainer
    subnetId: isolated ? network.?outputs.appSubnetId ?? '' : ''
    entraClientId: entraClientId
    allowedAddresses: addressesIn(allowedAddresses)
    deployAddresses: addressesIn(deployAddresses)
    instanceMemory: int(instanceMemory)
    maximumInstances: int(maximumInstances)
    // Fitbit rotates refresh tokens, Google does not.
    alwaysReady: rotationAlwaysReady == 'true' && !empty(fitbitClientId) ? ['function:rotateToken'] : []
    insightsConnectionString: logs.outputs.insightsConnectionString
    settings: union(operatorSettings, {
      KEY_VAULT_URI: vault.outputs.uri
      ACS_ENDPOINT: texts.outputs.endpoint
      AzureWebJobsStorage__accountName: storage.outputs.name
      AZURE_CLIENT_ID: identities.outputs.appClientId
    })
  }
  dependsOn: [access]
}

// After the app, and nothing waits for it: the tables of a new workspace are not always there at once.
module logDetails 'modules/log-details.bicep' = {
  name: 'log-details'
  scope: group
  params: { workspaceName: logs.outputs.workspaceName, days: int(logDays) }
  dependsOn: [app]
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
    failuresPerHalfHour: int(failuresPerHalfHour)
    deployedAt: deployedAt
    // A run is logged at `info`: a service that is told to say less would look as if it did nothing.
    runsAreLogged: contains(['debug', 'info'], logLevel)
  }
}

// Nothing waits for it. Should Azure refuse the topic, `deliveryReports` leaves it out: azd keeps no output of a deployment that failed.
module events 'modules/events.bicep' = if (deliveryReports == 'true') {
  name: 'events'
  scope: group
  params: {
    token: token
    tags: tags
    communicationName: texts.outputs.name
    storageName: storage.outputs.name
    eventQueue: storage.outputs.eventQueue
    deadLetterContainer: storage.outputs.deadLetterContainer
    identityId: identities.outputs.eventsId
    principalId: identities.outputs.eventsPrincipalId
    actionGroups: alerts.outputs.actionGroups
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
output SIGN_UP_URL string = '${origin}/signup'
output HEALTH_URL string = '${origin}/api/health'
