import {
  type ICredentialDataDecryptedObject,
  type ICredentialsDecrypted,
  type ICredentialTestFunctions,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeCredentialTestResult,
  type INodeExecutionData,
  type INodeListSearchResult,
  type INodeProperties,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
} from 'n8n-workflow';
import { LOOKUP_INFO, LOOKUPS, type Lookup, type LookupOption } from '../../command/lookup.js';
import { getHostRuntime } from '../runtime.js';
import { nodeError, toJson } from './errors.js';
import form from './node-form.json' with { type: 'json' };
import { CREDENTIAL, currentParameters, datasourceOf } from './parameters.js';
import { runCommand } from './run.js';

/** The node n8n loads. Its forms come from the registry, through `node-form.json`. */
export class Mixpanel implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Mixpanel',
    name: 'mixpanel',
    icon: { light: 'file:mixpanel.svg', dark: 'file:mixpanel.dark.svg' },
    group: ['input'],
    version: 1,
    subtitle: form.subtitle,
    description: 'Query Mixpanel: events, profiles, reports, cohorts; send events',
    defaults: { name: 'Mixpanel' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'mixpanelServiceAccountApi', required: true, testedBy: 'testMixpanelCredential' }],
    properties: form.properties as INodeProperties[],
  };

  methods = {
    credentialTest: { testMixpanelCredential },
    loadOptions: Object.fromEntries(LOOKUPS.map((lookup) => [lookup, optionsOf(lookup)])),
    listSearch: Object.fromEntries(LOOKUPS.map((lookup) => [lookup, searchOf(lookup)])),
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const output: INodeExecutionData[] = [];
    for (const item of this.getInputData().keys()) {
      try {
        for (const each of await runCommand(this, item)) output.push(each);
      } catch (error) {
        if (!this.continueOnFail()) throw nodeError(this.getNode(), error, item);
        output.push({ json: toJson(error), pairedItem: { item } });
      }
    }
    return [output];
  }
}

async function testMixpanelCredential(
  this: ICredentialTestFunctions,
  { data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
  const { plugin } = await getHostRuntime();
  const { ok, message } = await plugin.test(datasourceOf(data));
  return { status: ok ? 'OK' : 'Error', message };
}

function optionsOf(lookup: Lookup) {
  return async function options(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
    return (await look(this, lookup)).map(({ label, value }) => ({ name: label, value }));
  };
}

function searchOf(lookup: Lookup) {
  return async function search(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
    const found = await look(this, lookup, filter);
    return { results: found.map(({ label, value }) => ({ name: label, value })) };
  };
}

async function look(context: ILoadOptionsFunctions, lookup: Lookup, search = ''): Promise<LookupOption[]> {
  const { plugin } = await getHostRuntime();
  const parameters = currentParameters(context, LOOKUP_INFO[lookup].needs);
  const datasource = datasourceOf(await context.getCredentials(CREDENTIAL));
  try {
    return (await plugin.options({ datasource, lookup, parameters, search })).options;
  } catch (error) {
    throw nodeError(context.getNode(), error);
  }
}
