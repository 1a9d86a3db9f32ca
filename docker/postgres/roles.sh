#!/bin/sh
# Runs once, when the database's volume is empty.
set -eu
psql --username postgres --dbname workport --set ON_ERROR_STOP=1 \
    --set owner_password="$(cat /run/workport/owner-password)" \
    --set application_password="$(cat /run/workport/application-password)" \
    --file /workport/roles.sql
