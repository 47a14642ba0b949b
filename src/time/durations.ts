export {
  millisecondsInDay as DAY_MS,
  millisecondsInHour as HOUR_MS,
  millisecondsInMinute as MINUTE_MS,
  millisecondsInSecond as SECOND_MS,
  secondsInDay as DAY_SECONDS,
  secondsInHour as HOUR_SECONDS,
  secondsInMinute as MINUTE_SECONDS,
} from 'date-fns/constants';

/** The longest delay of `setTimeout`: Node fires a longer one at once. Source: https://nodejs.org/api/timers.html */
export const MAX_TIMER_MS = 2 ** 31 - 1;
