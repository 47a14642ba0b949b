import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, errorMessage } from './browser/api-client.js';
import { Workbench } from './Workbench.js';

/** Loads what the first screen needs, then shows the workbench. */
export function App() {
  const start = useQuery({
    queryKey: ['start'],
    queryFn: api.start,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

  if (start.data) return <Workbench start={start.data} />;
  return (
    <Center component="main" h="100%">
      {start.error && !start.isFetching ? (
        <Stack align="center" role="alert">
          <Text>{errorMessage(start.error)}</Text>
          <Button onClick={() => start.refetch()}>Try again</Button>
        </Stack>
      ) : (
        <Loader aria-label="Opening the workbench" />
      )}
    </Center>
  );
}
