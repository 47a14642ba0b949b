import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject } from '../../json/object.js';

/** Returns one item per row; text is a file, since no item can hold a table as text. */
export async function itemsOf(
  context: Pick<IExecuteFunctions, 'helpers'>,
  body: unknown,
  fileName: string,
  item: number,
): Promise<INodeExecutionData[]> {
  if (body === undefined || body === null) return [];
  if (typeof body === 'string') {
    const data = await context.helpers.prepareBinaryData(Buffer.from(body), fileName, 'text/csv');
    return [{ json: {}, binary: { data }, pairedItem: { item } }];
  }
  return [body].flat().map((row) => itemOf(row, item));
}

/** Results are kept and frozen, and nodes that follow may write into their items: each gets a copy. */
export function itemOf(row: unknown, item: number): INodeExecutionData {
  const json = (isObject(row) ? structuredClone(row) : { value: row }) as IDataObject;
  return { json, pairedItem: { item } };
}
