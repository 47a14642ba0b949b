import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Placeholder for a view without content, with the reason. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" justify="center" gap={6} p="xl" mih={300} flex={1}>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" ta="center" maw={420} component="div">
          {children}
        </Text>
      )}
    </Stack>
  );
}
