#!/bin/sh
# The build in the repository is what its sources make: style, types, bytes, sizes.
set -eu
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT

npm run --silent lint
npm run --silent types
npx --no-install openapi-typescript openapi.json --output "$built/schema.d.ts" >/dev/null
cmp "$built/schema.d.ts" src/api/schema.d.ts || {
    echo "src/api/schema.d.ts does not belong to openapi.json: run \`make api-types\`."
    exit 1
}
npx --no-install vite build --logLevel warn --outDir "$built/dist" --emptyOutDir
node scripts/manifest.mjs "$built/dist"
node scripts/sizes.mjs "$built/dist"
diff -r "$built/dist" dist || {
    echo "app/dashboard/dist is not what its sources make: run \`make dashboard\`, and commit the build with its sources."
    exit 1
}
