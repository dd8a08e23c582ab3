// A first deployment: nothing is set but what azd asks for.
using '../../infra/main.bicep'

param environmentName = 'first'
param location = 'westus2'
param principalId = '00000000-0000-0000-0000-000000000003'
param deployedAt = '2026-01-01T00:00:00Z'
