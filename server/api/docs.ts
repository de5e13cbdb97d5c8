// GET /api/v3/openapi.json · GET /api/docs
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'

export async function docsRoutes(_server: FastifyInstance, _app: App): Promise<void> {}
