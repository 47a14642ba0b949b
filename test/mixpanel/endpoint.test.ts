import { describe, expect, test } from 'vitest';
import { resolveEndpoint } from '../../src/mixpanel/endpoint.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

describe('a path with one possible reading is accepted unchanged', () => {
  test.each([
    ['/api/app/projects/1/schemas/event/Sign%20Up', '/api/app/projects/1/schemas/event/Sign%20Up'],
    ['/api/app/projects/1/schemas/event/v1.2', '/api/app/projects/1/schemas/event/v1.2'],
    ['/api/app/projects/1/schemas/event/v1%2E2', '/api/app/projects/1/schemas/event/v1%2E2'],
    ['/api/app/projects/1/schemas/event/.hidden', '/api/app/projects/1/schemas/event/.hidden'],
    ['/api/app/projects/1/schemas/event/100%25', '/api/app/projects/1/schemas/event/100%25'],
    ['/api/query/events?event=a%2Fb..%5Cc', '/api/query/events'],
  ])('%s', (endpoint, path) => {
    expect(resolveEndpoint(endpoint, 'US')).toMatchObject({ path });
  });
});

test('looking for a repeated parameter takes time in proportion to their number', async () => {
  const endpointOf = (size: number) =>
    `/api/query/events?${Array.from({ length: size }, (_, index) => `p${index}=1`).join('&')}`;
  expect(await growthFactor((size) => resolveEndpoint(endpointOf(size), 'US'))).toBeLessThan(LINEAR_FACTOR);
});
