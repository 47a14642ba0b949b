import type { Endpoint } from '../endpoint/definition.js';
import { annotationEndpoints } from './annotations.js';
import { appEndpoints } from './app.js';
import { cohortEndpoints } from './cohorts.js';
import { engageEndpoints } from './engage.js';
import { engagePropertyEndpoints } from './engage-properties.js';
import { eventEndpoints } from './events.js';
import { exportEndpoints } from './export.js';
import { funnelEndpoints } from './funnels.js';
import { ingestionEndpoints } from './ingestion.js';
import { insightsEndpoints } from './insights.js';
import { lookupTableEndpoints } from './lookup-tables.js';
import { meEndpoints } from './me.js';
import { retentionEndpoints } from './retention.js';
import { schemaEndpoints } from './schemas.js';
import { segmentationEndpoints } from './segmentation.js';
import { streamEndpoints } from './stream.js';

/** Every path of Mixpanel that the sandbox answers. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...meEndpoints,
  ...annotationEndpoints,
  ...schemaEndpoints,
  ...appEndpoints,
  ...eventEndpoints,
  ...segmentationEndpoints,
  ...funnelEndpoints,
  ...retentionEndpoints,
  ...insightsEndpoints,
  ...engageEndpoints,
  ...engagePropertyEndpoints,
  ...streamEndpoints,
  ...cohortEndpoints,
  ...exportEndpoints,
  ...ingestionEndpoints,
  ...lookupTableEndpoints,
];
