import Testing

@Suite("Routes in JavaScript and TypeScript")
struct ScriptRoutesTests {
  @Test("Express: routers across files, chained routes, comments and strings left alone")
  func express() throws {
    try expect(
      [
        "package.json": #"{"dependencies": {"express": "^4"}}"#,
        "src/app.js": #"""
        const express = require('express');
        const users = require('./routes/users');
        const { admin } = require('./routes/admin');
        const app = express();
        const PREFIX = '/api';
        // app.get('/commented', handler);
        /* app.get('/also/commented', handler); */
        const text = "app.get('/in/a/string', handler)";
        const pattern = /app.get\('\/in\/a\/regex', handler\)/;
        app.get('/health', (req, res) => res.send('ok'));
        app.get('view engine');
        app.use(express.json());
        app.use(PREFIX + '/users', auth, users);
        app.use(`${PREFIX}/admin`, admin);
        app.route('/orders').get(list).post(validate, create);
        app.all('/any', handler);
        app.get(['/a', '/b'], handler);
        require('./routes/late')(app);
        axios.get('/not/ours', { headers });
        module.exports = app;
        """#,
        "src/routes/users.js": """
        const router = require('express').Router();
        router.get('/', list).get('/:id', show);
        router.get('/:id', show);
        router.post('/', create);
        router.delete('/:id/', remove);
        module.exports = router;
        """,
        "src/routes/admin.js": """
        import { Router } from 'express';
        export const admin = Router();
        admin.put('/flags/:name', setFlag);
        """,
        "src/routes/late.js": """
        module.exports = function (app) {
          app.post('/late', (req, res) => { res.end(); });
        };
        """,
        "test/app.test.js": "app.get('/in/a/test', handler)",
      ],
      """
      GET /a
      GET /b
      ANY /any
      PUT /api/admin/flags/:name
      GET /api/users
      POST /api/users
      GET /api/users/:id
      DELETE /api/users/:id
      GET /health
      POST /late
      GET /orders
      POST /orders
      """)
  }

  @Test("Express in TypeScript: types, classes, default imports")
  func expressTypeScript() throws {
    try expect(
      [
        "src/server.ts": """
        import express, { Express } from 'express';
        import itemRouter from '@/items/router';
        import { UserRoutes } from './users';
        const app: Express = express();
        app.use('/items', itemRouter);
        app.use('/users', new UserRoutes().router);
        export default app;
        """,
        "src/items/router.ts": """
        import { Router, Request, Response } from 'express';
        const router: Router = Router();
        router.get('/:id', async (req: Request, res: Response) => {});
        export default router;
        """,
        "src/users.ts": """
        import { Router } from 'express';
        export class UserRoutes {
          public router = Router();
          constructor() { this.router.post('/', this.create); }
        }
        """,
      ],
      """
      GET /items/:id
      POST /users
      """)
  }

  @Test("Fastify: plugins with prefixes, route objects")
  func fastify() throws {
    try expect(
      [
        "server.js": """
        const fastify = require('fastify')({ logger: true });
        fastify.register(require('./plugins/users'), { prefix: '/v1/users' });
        fastify.register(async function (instance, opts) {
          instance.get('/inner', handler);
        }, { prefix: '/nested' });
        fastify.route({ method: ['GET', 'HEAD'], url: '/direct', handler: direct });
        fastify.get('/opts', { schema }, async (request, reply) => {});
        """,
        "plugins/users.js": """
        module.exports = async function (fastify, opts) {
          fastify.get('/', list);
          fastify.post('/', { preHandler: check }, create);
        };
        """,
      ],
      """
      GET /direct
      HEAD /direct
      GET /nested/inner
      GET /opts
      GET /v1/users
      POST /v1/users
      """)
  }

  @Test("Koa and Hono")
  func koaAndHono() throws {
    try expect(
      [
        "koa.js": """
        const Router = require('@koa/router');
        const api = new Router({ prefix: '/api' });
        const books = new Router();
        books.get('list', '/', list);
        books.get('/:isbn', show);
        api.use('/books', books.routes(), books.allowedMethods());
        """
      ],
      """
      GET /api/books
      GET /api/books/:isbn
      """)
    try expect(
      [
        "hono.ts": """
        import { Hono } from 'hono'
        const app = new Hono().basePath('/api')
        const posts = new Hono()
        posts.get('/:id', (c) => c.json({}))
        app.route('/posts', posts)
        """
      ], "GET /api/posts/:id")
  }

  @Test("NestJS: controllers, versions, the global prefix")
  func nest() throws {
    try expect(
      [
        "src/main.ts": """
        import { NestFactory } from '@nestjs/core';
        async function bootstrap() {
          const app = await NestFactory.create(AppModule);
          app.setGlobalPrefix('api');
          app.enableVersioning();
        }
        """,
        "src/cats.controller.ts": """
        import { Controller, Get, Post, Body } from '@nestjs/common';
        @ApiTags('cats')
        @Controller('cats')
        export class CatsController {
          constructor(private readonly service: CatsService) {}
          @Get()
          findAll(@Query() query: Query): Promise<Cat[]> { return this.service.all(); }
          @Get(':id')
          @UseGuards(AuthGuard('jwt'))
          findOne(@Param('id') id: string) { return this.service.one(id); }
          @Post(['new', 'create'])
          create(@Body() body: CreateCat) {}
        }
        @Controller({ path: 'dogs', version: '2' })
        export class DogsController {
          @Delete(':id') remove() {}
        }
        """,
      ],
      """
      GET /api/cats
      GET /api/cats/:id
      POST /api/cats/new
      POST /api/cats/create
      DELETE /api/v2/dogs/:id
      """)
  }

  @Test("Next.js: route files")
  func next() throws {
    try expect(
      [
        "next.config.js": "module.exports = {}",
        "src/app/api/users/[id]/route.ts": "export async function GET(r) {}\nexport const DELETE = handler",
        "pages/api/ping.js": "export default function handler(req, res) {}",
      ],
      """
      GET /api/users/[id]
      DELETE /api/users/[id]
      ANY /api/ping
      """)
  }
}
