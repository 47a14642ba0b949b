import {
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeProperties,
  NodeOperationError,
} from 'n8n-workflow';
import type { Datasource } from '../../command/datasource.js';
import { isObject } from '../../json/object.js';
import form from './node-form.json' with { type: 'json' };
import { OPTIONS } from './options.js';

export const CREDENTIAL = 'mixpanelServiceAccountApi';

/** Returns the datasource a credential means. n8n keeps no types; the executor checks every field. */
export function datasourceOf({ username, password, region, projectId }: Record<string, unknown>): Datasource {
  return { username, password, region: region || undefined, projectId } as Datasource;
}

/** What the node's form holds for one item. */
export interface NodeInput {
  /** Values by field key. */
  parameters: Record<string, unknown>;
  /** The node's own options among them. */
  options: Record<string, unknown>;
}

/** Reads what the form shows with an operation, for one item, its expressions resolved. */
export function readParameters(context: IExecuteFunctions, operation: string, item: number): NodeInput {
  const options = plainValues(context.getNodeParameter(OPTIONS, item, {}) as Record<string, unknown>);
  const shown = (form.properties as INodeProperties[])
    .filter(
      ({ name, displayOptions }) => name !== OPTIONS && displayOptions?.show?.operation?.includes(operation),
    )
    .map(({ name }) => [name, plain(context.getNodeParameter(name, item, ''))]);
  return { parameters: { ...options, ...Object.fromEntries(shown) }, options };
}

/** Returns what the form holds while it is being filled in, for a look-up that depends on some of it. */
export function currentParameters(
  context: ILoadOptionsFunctions,
  dependencies: readonly string[],
): Record<string, unknown> {
  const parameters = plainValues(context.getCurrentNodeParameters() ?? {});
  const unresolved = dependencies.find((key) => String(parameters[key] ?? '').startsWith('='));
  if (unresolved) {
    throw new NodeOperationError(
      context.getNode(),
      `The list depends on ${unresolved}, an expression whose value is known only when the workflow runs. Type the value, or use an expression here too.`,
    );
  }
  return parameters;
}

/** Returns a value without what n8n wraps around it: a resource locator, or the date an expression such as `$now` gives. */
function plain(value: unknown): unknown {
  if (!isObject(value)) return value;
  if ('__rl' in value) return plain(value.value);
  return typeof value.toJSON === 'function' ? value.toJSON() : value;
}

function plainValues(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
}
