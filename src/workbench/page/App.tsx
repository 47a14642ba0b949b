import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { StartResponse } from '../wire.js';
import { api, errorMessage } from './browser/api-client.js';
import { Workbench } from './Workbench.js';

/** Waits for the one answer the first screen needs. */
export function App() {
  const [start, setStart] = useState<StartResponse>();
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again.
  useEffect(() => {
    setProblem(undefined);
    api.start().then(setStart, (error: unknown) => setProblem(errorMessage(error)));
  }, [attempt]);

  if (start) return <Workbench start={start} />;
  return (
    <Center component="main" h="100%">
      {problem ? (
        <Stack align="center" role="alert">
          <Text>{problem}</Text>
          <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
        </Stack>
      ) : (
        <Loader aria-label="Opening the workbench" />
      )}
    </Center>
  );
}
