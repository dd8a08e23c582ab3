// Microsoft's Kusto language service over the queries, with the columns that they may use.
//   node test/infra/queries.mjs infra/queries/*.kql
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

// https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces and apprequests
const tables = {
  AppTraces:
    'TimeGenerated:datetime, Message:string, SeverityLevel:int, OperationId:string, OperationName:string, Properties:dynamic',
  AppRequests:
    'TimeGenerated:datetime, Name:string, Success:bool, ResultCode:string, OperationId:string, OperationName:string, Properties:dynamic',
};

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;
const database = new Symbols.DatabaseSymbol.$ctor1(
  'workspace',
  Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(name)),
);
const globals = GlobalState.Default.WithDatabase(database);

for (const file of process.argv.slice(2)) {
  const query = (await readFile(file, 'utf8'))
    .replace('DEPLOYED_AT', '2026-01-01T00:00:00Z')
    .replaceAll('OVERDUE', '7h');
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  for (let i = 0; i < found.Count; i++) {
    const { Code, Message } = found.getItem(i);
    console.log(`${basename(file)}: ${Code} ${Message}`);
    process.exitCode = 1;
  }
}
