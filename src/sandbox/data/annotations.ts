import type { Write } from '../records/write.js';
import { ANNOTATION_AUTHOR, ANNOTATIONS } from './dataset/saved-objects.js';

export interface AnnotationTag {
  id: number;
  name: string;
}

/** A note at a moment, as charts show it. */
export interface Annotation {
  id: number;
  /** Epoch milliseconds. */
  at: number;
  description: string;
  user: { id: number; first_name: string; last_name: string };
  tags: AnnotationTag[];
}

export type AnnotationWrite = Extract<
  Write,
  { kind: 'annotation' | 'annotation-deleted' | 'annotation-tag' }
>;

/** The annotations of one project and their tags, those that were written included. */
export interface Annotations {
  list(): Annotation[];
  tags(): AnnotationTag[];
  /** Returns an id that no annotation and no tag has had. */
  nextId(): number;
  apply(write: AnnotationWrite): void;
}

/** @param startOfDay the beginning of a day in the project's time zone, by the days it lies back. */
export function createAnnotations(startOfDay: (daysAgo: number) => number): Annotations {
  const annotations = new Map<number, Annotation>();
  const tags = new Map<number, AnnotationTag>();
  let lastId = 0;
  const remember = (id: number) => {
    lastId = Math.max(lastId, id);
  };
  for (const { id, daysAgo, description, tag } of ANNOTATIONS) {
    remember(id);
    if (tag) tags.set(tag.id, tag);
    annotations.set(id, {
      id,
      at: startOfDay(daysAgo),
      description,
      user: ANNOTATION_AUTHOR,
      tags: tag ? [tag] : [],
    });
  }
  return {
    list: () => [...annotations.values()],
    tags: () => [...tags.values()],
    nextId: () => lastId + 1,
    apply(write) {
      switch (write.kind) {
        case 'annotation': {
          const { id, at, description, user, tagIds } = write.annotation;
          remember(id);
          annotations.set(id, {
            id,
            at,
            description,
            user,
            tags: tagIds.flatMap((each) => tags.get(each) ?? []),
          });
          break;
        }
        case 'annotation-deleted':
          annotations.delete(write.id);
          break;
        case 'annotation-tag':
          remember(write.tag.id);
          tags.set(write.tag.id, write.tag);
          break;
      }
    },
  };
}
