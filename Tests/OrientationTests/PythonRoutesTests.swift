import Testing

@testable import Orientation

@Suite("Routes in Python")
struct PythonRoutesTests {
  @Test("Flask: blueprints across modules, methods, class resources")
  func flask() throws {
    try expect(
      [
        "shop/__init__.py": #"""
        """@app.route("/in/a/docstring")"""
        from flask import Flask
        from .views import main
        from .api.v1 import api as api_v1
        from flask_restful import Api

        def create_app():
            app = Flask(__name__)
            app.register_blueprint(main)
            app.register_blueprint(api_v1, url_prefix="/api/v1")
            app.add_url_rule("/late", view_func=late, methods=["POST"])
            rest = Api(app)
            rest.add_resource(Item, "/items/<int:id>", "/item/<int:id>")

            @app.route("/health")
            def health():
                return "ok"
            return app

        class Item(Resource):
            def get(self, id): pass
            def delete(self, id): pass
        """#,
        "shop/views.py": """
        from flask import Blueprint
        main = Blueprint("main", __name__)
        BASE = "/basket"

        # @main.route("/commented")
        @main.route("/")
        @main.route(BASE)
        def index(): pass

        @main.route(f"{BASE}/<int:id>", methods=["GET", "POST"])
        @login_required
        def basket(id): pass
        """,
        "shop/api/v1.py": """
        from flask import Blueprint
        api = Blueprint("api", __name__, url_prefix="/ignored")

        @api.get("/orders")
        def orders(): pass

        @api.route("/orders", methods=("POST",))
        def create(): pass
        """,
        "tests/test_app.py": "@app.route('/in/a/test')\ndef f(): pass\n",
      ],
      """
      GET /
      GET /basket
      GET /basket/<int:id>
      POST /basket/<int:id>
      GET /api/v1/orders
      POST /api/v1/orders
      POST /late
      GET /items/<int:id>
      DELETE /items/<int:id>
      GET /item/<int:id>
      DELETE /item/<int:id>
      GET /health
      """)
  }

  @Test("FastAPI: routers in routers, prefixes from settings, Starlette")
  func fastapi() throws {
    try expect(
      [
        "app/main.py": """
        from fastapi import FastAPI
        from app.api import router as api_router
        from app.core.config import settings
        app = FastAPI()
        app.include_router(api_router, prefix=settings.API_STR)

        @app.websocket("/ws/{room}")
        async def ws(room): ...
        """,
        "app/core/config.py": "class Settings:\n    API_STR: str = \"/api/v2\"\nsettings = Settings()\n",
        "app/api/__init__.py": """
        from fastapi import APIRouter
        from app.api.endpoints import users, items
        router = APIRouter()
        router.include_router(users.router, prefix="/users", tags=["users"])
        router.include_router(items.router)
        """,
        "app/api/endpoints/users.py": """
        from fastapi import APIRouter
        router = APIRouter()
        @router.get("", response_model=list[User])
        async def read_users(): ...
        @router.patch(
            "/{user_id}",
            dependencies=[Depends(admin)],
        )
        def update(user_id: int): ...
        """,
        "app/api/endpoints/items.py": """
        from fastapi import APIRouter
        router = APIRouter(prefix="/items")
        @router.api_route("/{id}", methods=["GET", "PUT"])
        def item(id): ...
        """,
      ],
      """
      WS /ws/{room}
      GET /api/v2/users
      PATCH /api/v2/users/{user_id}
      GET /api/v2/items/{id}
      PUT /api/v2/items/{id}
      """)
    try expect(
      [
        "asgi.py": """
        from starlette.applications import Starlette
        from starlette.routing import Mount, Route, WebSocketRoute
        routes = [
            Route("/", home),
            Mount("/users", routes=[
                Route("/", users, methods=["GET", "POST"]),
                Route("/{name}", user),
            ]),
            WebSocketRoute("/ws", ws),
        ]
        app = Starlette(routes=routes)
        """
      ],
      """
      GET /
      GET /users/
      POST /users/
      GET /users/{name}
      WS /ws
      """)
  }

  @Test("aiohttp and Tornado")
  func others() throws {
    try expect(
      [
        "server.py": """
        from aiohttp import web
        routes = web.RouteTableDef()
        @routes.get('/hello/{name}')
        async def hello(request): ...
        def make():
            app = web.Application()
            app.router.add_post('/upload', upload)
            app.router.add_route('GET', '/raw', raw)
            app.add_routes([web.get('/list', list_all), web.delete('/item/{id}', remove)])
            sub = web.Application()
            sub.router.add_get('/stats', stats)
            app.add_subapp('/admin/', sub)
            return app
        """
      ],
      """
      GET /hello/{name}
      POST /upload
      GET /raw
      GET /list
      DELETE /item/{id}
      GET /admin/stats
      """)
    try expect(
      [
        "app.py": """
        import tornado.web
        class Base(tornado.web.RequestHandler):
            def get(self): pass
        class Main(Base):
            def post(self): pass
        def make_app():
            return tornado.web.Application([
                (r"/", Main),
                tornado.web.url(r"/story/([0-9]+)", Base, dict(db=db), name="story"),
                (r"/static/(.*)", tornado.web.StaticFileHandler, {"path": "static"}),
            ])
        pairs = [("/not", "a route"), ("/neither", Other)]
        """
      ],
      """
      GET /
      POST /
      GET /story/([0-9]+)
      GET /static/(.*)
      """)
  }

  @Test("Django: includes, regular expressions, REST framework's routers")
  func django() throws {
    try expect(
      [
        "site/urls.py": #"""
        from django.contrib import admin
        from django.urls import include, path, re_path
        from blog import views
        from rest_framework import routers
        router = routers.DefaultRouter()
        router.register(r'posts', views.PostViewSet)
        urlpatterns = [
            path('admin/', admin.site.urls),
            # path('commented/', views.gone),
            path('', views.index, name='index'),
            path('blog/', include('blog.urls')),
            re_path(r'^archive/(?P<year>[0-9]{4})/$', views.archive),
            path('api/', include(router.urls)),
            path('nested/', include([path('a/', views.a), path('b/', views.Edit.as_view())])),
        ]
        """#,
        "blog/__init__.py": "",
        "blog/urls.py": """
        from django.urls import path
        from . import views
        app_name = 'blog'
        urlpatterns = [path('<slug:slug>/', views.detail, name='detail')]
        urlpatterns += [path('new/', views.create)]
        """,
        "blog/views.py": """
        from django.views import View
        from rest_framework import viewsets
        from rest_framework.decorators import action
        from django.views.decorators.http import require_POST
        class PostViewSet(viewsets.ReadOnlyModelViewSet):
            @action(detail=True, methods=['post'])
            def like(self, request, pk=None): pass
        class Edit(View):
            def get(self, request): pass
            def post(self, request): pass
        @require_POST
        def create(request): pass
        def detail(request, slug): pass
        """,
      ],
      """
      ANY /admin/…
      ANY /
      ANY /blog/<slug:slug>/
      POST /blog/new/
      ANY /archive/<year>/
      GET /api/posts/
      GET /api/posts/<pk>/
      POST /api/posts/<pk>/like/
      ANY /nested/a/
      GET /nested/b/
      POST /nested/b/
      """)
  }

  @Test("A path that is put together is marked so")
  func computed() throws {
    let folder = try Folder([
      "app.py": """
      from flask import Flask
      app = Flask(__name__)
      @app.get("/{0}/a".format(base()))
      def a(): ...
      @app.get(f"/{unknown}/b")
      def b(): ...
      @app.get(make_path())
      def c(): ...
      @app.get("/d")
      def d(): ...
      """
    ])
    let report = folder.report
    #expect(report.routes.map { "\($0.path) \($0.isWhole)" } == ["/d true", "/{0}/a false", "/{unknown}/b false"])
    #expect(report.computed.map(\.text) == ["app.py:7"])
  }
}
