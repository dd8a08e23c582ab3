// This template holds everything that `azd up` makes, in one resource group of its own. docs/deploying.md says how to use it; each module says
// why its resources are as they are. They are plain resources with pinned API versions and no registry modules, so nothing is fetched.
//
// Every parameter is a string, because azd drops a value that does not fit the parameter's type and uses the default without a message:
// `NETWORK_ISOLATION=yes` would then make a public vault. Azure refuses a string that is not allowed, and says so.
targetScope = 'subscription'

// ---- Where ----

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; every resource is named after it. It must not end in a full stop.')
param environmentName string

@description('Region. Only regions with Flex Consumption: `az functionapp list-flexconsumption-locations` is the live list.')
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

@description('Type of that principal. If it is missing, Azure looks it up, which takes a while for a new principal.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param principalType string = ''

// ---- The settings of the service. Where a parameter is empty, the service uses its default, or the setting is not configured yet ----
// npm run format writes from here to the next heading, from src/setting-table.ts.

@description('The origin under which people reach the service, such as `https://tokens.example.com`. In Azure it is the app\'s own host name unless you set another.')
param publicUrl string = ''

@description('When the service rotates tokens; NCRONTAB, UTC.')
@minLength(1)
param rotationSchedule string = '0 0 */6 * * *'

@description('When the service checks batteries, every 15 minutes to once a day; NCRONTAB, UTC.')
@minLength(1)
param batterySchedule string = '0 0 * * * *'

@description('When the watchdog looks for what has not succeeded for too long; NCRONTAB, UTC.')
@minLength(1)
param watchdogSchedule string = '0 15 * * * *'

@description('When coordinators get the morning digest, at most once a day; NCRONTAB, UTC.')
@minLength(1)
param digestSchedule string = '0 0 7 * * *'

@description('When housekeeping removes old records; NCRONTAB, UTC.')
@minLength(1)
param housekeepingSchedule string = '0 30 * * * *'

@description('The OAuth client id. A provider without one is not offered.')
param googleHealthClientId string = ''

@description('Scopes to ask for besides the scope for devices, with spaces or commas between; the wearer may refuse them. For Google the last part of the name is enough (`sleep.readonly`). A scope of another API is refused when the service starts, because Google would refuse every call with it. `openid email` lets a sign-up that fails name the account that was chosen.')
param googleHealthOptionalScopes string = ''

@description('The OAuth client id. A provider without one is not offered.')
param fitbitClientId string = ''

@description('Scopes to ask for besides the scope for devices, with spaces or commas between; the wearer may refuse them. For Google the last part of the name is enough (`sleep.readonly`). A scope of another API is refused when the service starts, because Google would refuse every call with it. `openid email` lets a sign-up that fails name the account that was chosen.')
param fitbitOptionalScopes string = ''

@description('The OAuth client id. A provider without one is not offered.')
param withingsClientId string = ''

@description('Scopes to ask for besides the scope for devices, with spaces or commas between; the wearer may refuse them. For Google the last part of the name is enough (`sleep.readonly`). A scope of another API is refused when the service starts, because Google would refuse every call with it. `openid email` lets a sign-up that fails name the account that was chosen.')
param withingsOptionalScopes string = ''

@description('The number, short code or name to text from. A toll-free number takes weeks; until then the service runs without one. Nobody can answer a name, so texts and pages then speak of the personal page in place of STOP.')
param smsFrom string = ''

@description('The address that e-mails come from, of a domain that is linked to the same Communication Services resource; in Azure, if it is empty, that of the managed domain, if there is one. With it wearers can choose e-mail in place of texts; without it no e-mail is sent.')
param emailFrom string = ''

@secure()
@description('The number to which alarms are texted; if it is empty, none are.')
param operatorPhone string = ''

@description('The address to which alarms are mailed, once `EMAIL_FROM` is set. Azure writes to it too when an alert rule fires; if it is empty, the rules fire and tell nobody.')
param operatorEmail string = ''

@secure()
@description('Who gets the morning digest, once `EMAIL_FROM` is set: e-mail addresses with commas between; `Leeds=anna@example.org` limits one to a site.')
param digestEmail string = ''

@description('A battery at or below this percentage is low, 5 to 50; each wearer can choose their own.')
param batteryThreshold string = ''

@description('Whether scales raise alerts too.')
param alertOnScales string = ''

@description('The service\'s name on pages and in texts.')
param serviceName string = ''

@description('An e-mail or https address for people to write to.')
param operatorContact string = ''

@description('Countries whose numbers may be texted; a number without a country code belongs to the first.')
param smsCountries string = ''

@description('The client id of an app registration. When it is set, `ops/*` and `connections/*` ask for a Microsoft Entra sign-in with an app role, besides the function key.')
param entraClientId string = ''

@secure()
@description('A word that people have to enter to sign up; without it everybody can.')
param inviteCode string = ''

@description('Who else may use a wearer\'s access, in the words that pages then show; if it is empty, nobody may.')
param sharedWith string = ''

@description('`true` keeps the access token of each shared connection in a Key Vault secret of its own; does nothing without `SHARED_WITH`.')
param publishAccess string = ''

@description('Addresses to which wearers may go back after a sign-up with an invite, with commas between, such as `https://study.example.org/join`: that address and those below it.')
param returnAddresses string = ''

@secure()
@description('https addresses, with commas between, to which the service sends what happens to shared connections, everything to each. An address may have a key in it. Does nothing without `SHARED_WITH`.')
param webhookUrls string = ''

@description('Texts a day that somebody at a page can provoke to one number; it also limits the codes that one connection and one account can ask for. E-mails have limits of the same size, counted by themselves; `ada+1@example.org` counts as `ada@example.org`, and an address that was unsubscribed is mailed a confirmation once a day.')
param limitTextsPerNumber string = ''

@description('Texts a day that can be provoked from one client address.')
param limitTextsPerClient string = ''

@description('Texts a day that somebody at a page can provoke to one range of numbers.')
param limitTextsPerPrefix string = ''

@description('Texts a day that can be provoked overall; as a limit on e-mails, no domain gets more than half of it.')
param limitTextsPerDay string = ''

@description('Texts about batteries a day to one wearer.')
param limitTextsPerWearer string = ''

@description('Texts a day overall, without e-mails; what strangers and wearers ask for takes at most half of them. An alarm tells the operator when they are used up.')
param smsBudgetPerDay string = ''

@description('Texts a month overall, without e-mails; shared out like those of a day.')
param smsBudgetPerMonth string = ''

@description('`send`; or `log` for a dry run: alerts are written to the log instead (codes and personal links that somebody waits for are still sent).')
@allowed(['', 'send', 'log'])
param smsMode string = ''

@description('The least level that is logged: `debug`, `info`, `warn` or `error`. Above `info` the runs are not logged.')
@allowed(['debug', 'info', 'warn', 'error'])
param logLevel string = 'info'

var operatorSettings = {
  PUBLIC_URL: publicUrl
  ROTATION_SCHEDULE: rotationSchedule
  BATTERY_SCHEDULE: batterySchedule
  WATCHDOG_SCHEDULE: watchdogSchedule
  DIGEST_SCHEDULE: digestSchedule
  HOUSEKEEPING_SCHEDULE: housekeepingSchedule
  GOOGLE_HEALTH_CLIENT_ID: googleHealthClientId
  GOOGLE_HEALTH_OPTIONAL_SCOPES: googleHealthOptionalScopes
  FITBIT_CLIENT_ID: fitbitClientId
  FITBIT_OPTIONAL_SCOPES: fitbitOptionalScopes
  WITHINGS_CLIENT_ID: withingsClientId
  WITHINGS_OPTIONAL_SCOPES: withingsOptionalScopes
  SMS_FROM: smsFrom
  EMAIL_FROM: emailFrom
  OPERATOR_PHONE: operatorPhone
  OPERATOR_EMAIL: operatorEmail
  DIGEST_EMAIL: digestEmail
  BATTERY_THRESHOLD: batteryThreshold
  ALERT_ON_SCALES: alertOnScales
  SERVICE_NAME: serviceName
  OPERATOR_CONTACT: operatorContact
  SMS_COUNTRIES: smsCountries
  ENTRA_CLIENT_ID: entraClientId
  INVITE_CODE: inviteCode
  SHARED_WITH: sharedWith
  PUBLISH_ACCESS_TOKENS: publishAccess
  RETURN_ADDRESSES: returnAddresses
  WEBHOOK_URLS: webhookUrls
  LIMIT_TEXTS_PER_NUMBER: limitTextsPerNumber
  LIMIT_TEXTS_PER_CLIENT: limitTextsPerClient
  LIMIT_TEXTS_PER_PREFIX: limitTextsPerPrefix
  LIMIT_TEXTS_PER_DAY: limitTextsPerDay
  LIMIT_TEXTS_PER_WEARER: limitTextsPerWearer
  SMS_BUDGET_PER_DAY: smsBudgetPerDay
  SMS_BUDGET_PER_MONTH: smsBudgetPerMonth
  SMS_MODE: smsMode
  LOG_LEVEL: logLevel
}

// Whether a provider has a client whose refresh tokens rotate.
var tokensRotate = !empty('${fitbitClientId}${withingsClientId}')

// ---- How it is built ----

@description('`managed`: e-mails go out from a domain that Azure owns. Or the resource id of a verified domain of your own. If it is empty, none are sent.')
param emailDomain string = ''

@description('Where Communication Services keeps its data at rest. It cannot be changed later.')
@minLength(1)
param smsDataLocation string = 'United States'

@description('If true, nobody can purge deleted secrets or a deleted vault while they are kept. It cannot be undone.')
@allowed(['true', 'false'])
param purgeProtection string = 'true'

@description('For how many days deleted secrets and a deleted vault are kept, 7 to 90. It is fixed when the vault is made.')
param softDeleteDays string = '7'

@description('How many vaults hold token sets, 1 to 20. A connection stays in the one that it began in, so never lower it while the last one holds somebody; see docs/deploying.md, "More than one vault".')
param vaultCount string = '1'

@description('Set it to true once, to bring back a vault that an earlier `azd down` deleted.')
@allowed(['true', 'false'])
param recoverVault string = 'false'

@description('If true, delivery reports and replies come back through Event Grid. If false, texts are sent without them.')
@allowed(['true', 'false'])
param deliveryReports string = 'true'

@description('If true, storage and vault are reached only through a virtual network.')
@allowed(['true', 'false'])
param networkIsolation string = 'false'

@description('With networkIsolation: addresses from which people can set secrets and read tables, such as 203.0.113.7,203.0.113.8.')
param operatorAddresses string = ''

@description('Ranges of addresses that may reach the app, such as 203.0.113.0/24; wearers come with their browsers. If it is empty, everybody may.')
param allowedAddresses string = ''

@description('Ranges of addresses that may deploy. If it is empty, everybody with the right may.')
param deployAddresses string = ''

@allowed(['512', '2048', '4096'])
param instanceMemory string = '2048'

@description('The most instances of the app, from 1 to 1000.')
param maximumInstances string = '40'

@description('If true, one instance is always ready for refreshes where a provider is configured that rotates refresh tokens; see docs/deploying.md, "Costs".')
@allowed(['true', 'false'])
param rotationAlwaysReady string = 'true'

@description('For how many days logs and telemetry are kept, 30 to 730.')
param logDays string = '30'

@description('How many failed invocations in half an hour are worth an alert; 1 or more.')
param failuresPerHalfHour string = '10'

@description('Do not set it: it is the time of this deployment, from which the rule "no rotation" counts.')
param deployedAt string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

// The names are the same every time for the same environment, so that a second `azd up` finds what the first one made.
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

// The first one also holds client secrets and keys, and has the name that it had when there was only one.
var vaultNames = [for n in range(1, int(vaultCount)): n == 1 ? 'kv-${token}' : 'kv-${token}-${n}']

// As the service reads it, because providers compare the address of the redirect letter by letter.
var publicOrigin = toLower(endsWith(publicUrl, '/') ? take(publicUrl, length(publicUrl) - 1) : publicUrl)

var isolated = networkIsolation == 'true'
var operatorAddressList = addressesIn(operatorAddresses)

// A list is a string with commas.
func addressesIn(text string) string[] =>
  filter(map(split(text, ','), address => trim(address)), address => !empty(address))

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

module vaults 'modules/vault.bicep' = [
  for (name, n) in vaultNames: {
    name: n == 0 ? 'vault' : 'vault-${n + 1}'
    scope: group
    params: {
      name: name
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
]

module mail 'modules/mail.bicep' = if (emailDomain == 'managed') {
  name: 'mail'
  scope: group
  params: {
    token: token
    tags: tags
    dataLocation: smsDataLocation
    senderName: empty(serviceName) ? 'Fitbit Token Service' : serviceName
  }
}

module texts 'modules/texts.bicep' = {
  name: 'texts'
  scope: group
  params: {
    token: token
    tags: tags
    dataLocation: smsDataLocation
    mailDomainIds: empty(emailDomain) ? [] : [emailDomain == 'managed' ? mail.?outputs.domainId ?? '' : emailDomain]
  }
}

// The identities come before the roles, because role assignments are named after the principals.
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
    vaultNames: [for n in range(0, int(vaultCount)): vaults[n].outputs.name]
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
    vaultIds: [for n in range(0, int(vaultCount)): vaults[n].outputs.id]
  }
}

// The app comes after its roles, so that it has them when it starts.
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
    alwaysReady: rotationAlwaysReady == 'true' && tokensRotate ? ['function:rotateToken'] : []
    insightsConnectionString: logs.outputs.insightsConnectionString
    settings: union(operatorSettings, {
      PUBLIC_URL: publicOrigin
      KEY_VAULT_URI: vaults[0].outputs.uri
      KEY_VAULT_URIS: join(
        map(skip(vaultNames, 1), name => 'https://${name}${environment().suffixes.keyvaultDns}'),
        ','
      )
      ACS_ENDPOINT: texts.outputs.endpoint
      EMAIL_FROM: empty(emailFrom) ? mail.?outputs.from ?? '' : emailFrom
      AzureWebJobsStorage__accountName: storage.outputs.name
      AZURE_CLIENT_ID: identities.outputs.appClientId
    })
  }
  dependsOn: [access]
}

// This comes after the app, and nothing waits for it, because the tables of a new workspace do not always exist at once.
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
    isUsualRotation: rotationSchedule == '0 0 */6 * * *'
    // Runs are logged at `info`. At a higher level the log would look as if the service did nothing.
    runsAreLogged: contains(['debug', 'info'], logLevel)
  }
}

// Nothing waits for it. If Azure refuses the topic, set `deliveryReports` to false, because azd keeps no output of a deployment that failed.
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

var origin = empty(publicOrigin) ? app.outputs.origin : publicOrigin

// azd keeps these in the environment: `azd env get-values`. None has the name of a setting, because the next `azd up` would read it as one.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = app.outputs.name
output KEY_VAULT_NAME string = vaults[0].outputs.name
output COMMUNICATION_SERVICES_NAME string = texts.outputs.name
output STORAGE_ACCOUNT_NAME string = storage.outputs.name
@description('Register this address at the provider, exactly as it is.')
output REDIRECT_URI string = '${origin}/api/oauth/callback'
output SIGN_UP_URL string = '${origin}/signup'
output HEALTH_URL string = '${origin}/api/health'
