#!/bin/sh
# A cron job: yesterday's events to a compressed file a day. Given again after an interruption, it continues.
#   15 3 * * *  MIXPANEL_USERNAME=… MIXPANEL_PASSWORD=… MIXPANEL_PROJECT_ID=1234567 /opt/nightly-export.sh /var/exports
# Without an account, on the built-in sandbox: SANDBOX=--sandbox sh examples/nightly-export.sh .
set -eu
folder=${1:-.}
day=$(date -u -d yesterday +%F 2>/dev/null || date -u -v-1d +%F)
exec npx mixpanel-datasource run DOWNLOAD_DATA \
  -p "fromDate=$day" -p "toDate=$day" \
  --out "$folder/events-$day.ndjson.gz" ${SANDBOX:-}
