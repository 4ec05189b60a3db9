# The commands of VoxPilot, for those who have `just`. Each one is an npm script.

# List the commands
default:
    @just --list

# Install the dependencies
install:
    npm ci --ignore-scripts

# Run the server from its sources, restarting on change
dev-backend *options:
    npm run dev-backend -- {{options}}

# Rebuild the page on change
dev-frontend:
    npm run dev-frontend

# Write openapi.json and frontend/src/api.d.ts
generate:
    npm run generate

# Run every test
test *filters:
    npm test -- {{filters}}

# Run the tests and measure their coverage
test-cov:
    npm run test-cov

# Find mistakes
lint:
    npm run lint

# Check the types
typecheck:
    npm run typecheck

# Format every file
format:
    npm run format

# Build what runs
build:
    npm run build

# Remove what was built
clean:
    npm run clean

# Everything that must hold before a change goes in, the tests aside
check:
    npm run check
