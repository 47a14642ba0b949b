import type { World } from '../data/data-store.js';
import type { SandboxProject } from '../data/dataset/project.js';
import type { Endpoint, Exchange, Reply } from '../endpoint/definition.js';
import {
  type Judgement,
  judgeImport,
  judgeTrack,
  judgeUpdates,
  type Tokened,
} from '../ingestion/validation.js';
import type { Write } from '../records/write.js';

/**
 * What takes data in. `/track`, `/engage` and `/groups` answer GET too, with the records in `data`, as old libraries
 * send them. https://developer.mixpanel.com/reference/ingestion-api
 */
export const ingestionEndpoints: readonly Endpoint[] = [
  ...both('/track', (exchange, world) =>
    keep(world, judgeTrack(exchange), ({ id }, event) => ({ kind: 'event', projectId: id, event })),
  ),
  ...both('/engage', (exchange, world) =>
    keep(world, judgeUpdates(exchange, 'profile'), ({ id }, update) => ({
      kind: 'profile',
      projectId: id,
      at: exchange.receivedAt,
      update,
    })),
  ),
  ...both('/groups', (exchange, world) =>
    keep(world, judgeUpdates(exchange, 'group'), ({ id }, update) => ({
      kind: 'group',
      projectId: id,
      at: exchange.receivedAt,
      update,
    })),
  ),
  {
    method: 'POST',
    path: '/import',
    family: 'ingestion',
    handle(exchange, world) {
      const { accepted, reply } = judgeImport(exchange);
      const { project } = exchange;
      if (project) world.write(accepted.map((event) => ({ kind: 'event', projectId: project.id, event })));
      return reply;
    },
  },
];

/** Keeps each record in its token's project. A token nobody knows is not an error to Mixpanel: it keeps nothing. */
function keep<T>(
  world: World,
  { accepted, reply }: Judgement<Tokened<T>>,
  toWrite: (project: SandboxProject, record: T) => Write,
): Reply {
  const writes = accepted.flatMap(({ token, record }) => {
    const project = world.projects.find((each) => each.token === token);
    return project ? [toWrite(project, record)] : [];
  });
  world.write(writes);
  return reply;
}

function both(path: string, handle: (exchange: Exchange, world: World) => Reply): Endpoint[] {
  return (['POST', 'GET'] as const).map((method) => ({
    method,
    path,
    family: 'ingestion',
    handle,
  }));
}
