import Testing

@Suite("Routes in Java, Kotlin, C#, PHP, Rust, Swift and Elixir")
struct TypedRoutesTests {
  @Test("Spring: classes, constants, interfaces, clients left out")
  func spring() throws {
    try expect(
      [
        "src/main/java/com/example/Api.java": """
        package com.example;
        /** @GetMapping("/in/a/comment") */
        @RestController
        @RequestMapping(value = Api.BASE + "/users", produces = "application/json")
        public class Api {
          static final String BASE = "/api";
          @GetMapping
          public List<User> all(@RequestParam(required = false) String q) { return null; }
          @GetMapping("/{id}")
          public ResponseEntity<Map<String, User>> one(@PathVariable Long id) { return null; }
          @RequestMapping(path = {"/a", "/b"}, method = {RequestMethod.POST, RequestMethod.PUT})
          public void both() {}
          @DeleteMapping(path = "/{id}") @PreAuthorize("hasRole('ADMIN')")
          void remove(@PathVariable Long id) {}
        }
        """,
        "src/main/java/com/example/Remote.java": """
        @FeignClient(name = "remote")
        public interface Remote { @GetMapping("/not/ours") String get(); }
        """,
        "src/main/java/com/example/PetApi.java": """
        public interface PetApi { @PostMapping("/pets") void add(Pet pet); }
        """,
        "src/main/java/com/example/PetController.java": """
        @RestController
        public class PetController implements PetApi { public void add(Pet pet) {} }
        """,
        "src/main/kotlin/com/example/K.kt": """
        @RestController
        @RequestMapping("/k")
        class K(private val service: Service) {
          @GetMapping(value = ["/one", "/two"])
          fun get(@RequestParam name: String): String = service.get(name)
          @PostMapping fun post() {}
        }
        """,
        "src/test/java/com/example/T.java": "@RestController class T { @GetMapping(\"/test\") void t() {} }",
      ],
      """
      GET /api/users
      GET /api/users/{id}
      POST /api/users/a
      PUT /api/users/a
      POST /api/users/b
      PUT /api/users/b
      DELETE /api/users/{id}
      POST /pets
      GET /k/one
      GET /k/two
      POST /k
      """)
  }

  @Test("JAX-RS, Micronaut and Ktor")
  func otherJVM() throws {
    try expect(
      [
        "App.java": "import jakarta.ws.rs.*;\n@ApplicationPath(\"/rest\") public class App extends Application {}",
        "Books.java": """
        import jakarta.ws.rs.*;
        @Path("books")
        public class Books {
          @GET @Produces("text/plain") public String all() { return ""; }
          @PUT @Path("{id: \\\\d+}") public void put(@PathParam("id") int id) {}
          @Path("{id}/pages") public Pages pages() { return new Pages(); }
        }
        """,
        "Pages.java":
          "import jakarta.ws.rs.*;\npublic class Pages { @GET @Path(\"{n}\") public String page() { return \"\"; } }",
      ],
      """
      GET /rest/books
      PUT /rest/books/{id: \\d+}
      GET /rest/books/{id}/pages/{n}
      """)
    try expect(
      [
        "M.java":
          "import io.micronaut.http.annotation.*;\n@Controller(\"/m\") public class M { @Get(\"/{id}\") String g() { return \"\"; } }"
      ], "GET /m/{id}")
    try expect(
      [
        "Routes.kt": """
        import io.ktor.server.routing.*
        fun Application.module() {
          routing {
            get("/") { call.respondText("x") }
            route("/users") {
              authenticate("jwt") {
                post { create() }
                get("/{id}") { }
              }
            }
          }
        }
        """
      ],
      """
      GET /
      POST /users
      GET /users/{id}
      """)
  }

  @Test("ASP.NET: attributes and minimal APIs")
  func dotNet() throws {
    try expect(
      [
        "Controllers/OrdersController.cs": """
        using Microsoft.AspNetCore.Mvc;
        [ApiController]
        [Route("api/[controller]")]
        public class OrdersController : ControllerBase {
          // [HttpGet("commented")]
          [HttpGet] public IActionResult All() => Ok();
          [HttpGet("{id:int}")]
          [Authorize(Policy = "x")]
          public async Task<ActionResult<Order>> One(int id) { return Ok(); }
          [HttpPost("~/absolute")] public void Abs() {}
        }
        """,
        "Program.cs": """
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        app.MapGet("/", () => "hi");
        var todos = app.MapGroup("/todos");
        todos.MapPost("/", Create);
        todos.MapDelete("/{id}", (int id) => {});
        app.MapGroup("/users").MapUsers();
        app.Run();
        """,
        "Users.cs": """
        public static class Users {
          public static RouteGroupBuilder MapUsers(this RouteGroupBuilder group) {
            group.MapGet("/{name}", Get);
            return group;
          }
        }
        """,
      ],
      """
      GET /api/Orders
      GET /api/Orders/{id:int}
      POST /absolute
      GET /
      POST /todos
      DELETE /todos/{id}
      GET /users/{name}
      """)
  }

  @Test("Laravel, Slim, FastRoute and Symfony")
  func php() throws {
    try expect(
      [
        "routes/web.php": """
        <p>Route::get('/in/html', 'X');</p>
        <?php
        use Illuminate\\Support\\Facades\\Route;
        # Route::get('/commented', 'X');
        Route::get('/', [HomeController::class, 'index'])->name('home');
        Route::prefix('admin')->middleware('auth')->group(function () {
          Route::resource('photos', PhotoController::class)->only(['index', 'store']);
          Route::match(['get', 'post'], '/both', 'C@both');
        });
        Route::controller(OrderController::class)->group(function () {
          Route::post('/orders', 'store');
        });
        Route::view('/welcome', 'welcome');
        """,
        "routes/api.php": """
        <?php
        Route::apiResource('categories', CategoryController::class)->except('destroy');
        """,
      ],
      """
      GET /
      GET /admin/photos
      POST /admin/photos
      GET /admin/both
      POST /admin/both
      POST /orders
      GET /welcome
      GET /api/categories
      POST /api/categories
      GET /api/categories/{category}
      PUT /api/categories/{category}
      PATCH /api/categories/{category}
      """)
    try expect(
      [
        "index.php": """
        <?php
        use Slim\\App;
        $app = new App();
        $app->get('/hello/{name}', function ($request, $response) {
          $x = $request->get('/not', 1);
          return $response;
        });
        $app->group('/v1', function (RouteCollectorProxy $group) {
          $group->map(['GET', 'POST'], '/things', Things::class . ':handle');
          $group->group('/deep', function ($group) { $group->delete('/{id}', Remove::class); });
        });
        """
      ],
      """
      GET /hello/{name}
      GET /v1/things
      POST /v1/things
      DELETE /v1/deep/{id}
      """)
    try expect(
      [
        "src/Controller/BlogController.php": """
        <?php
        namespace App\\Controller;
        use Symfony\\Component\\Routing\\Attribute\\Route;
        #[Route('/blog', name: 'blog_')]
        class BlogController {
          #[Route('/{page<\\d+>}', name: 'list', methods: ['GET', 'HEAD'])]
          #[IsGranted('ROLE_USER')]
          public function list(int $page = 1): Response { }
          #[Route('', methods: 'POST')]
          public function create(): Response { }
        }
        """
      ],
      """
      GET /blog/{page<\\d+>}
      HEAD /blog/{page<\\d+>}
      POST /blog
      """)
  }

  @Test("Axum, Actix Web and Rocket")
  func rust() throws {
    try expect(
      [
        "src/main.rs": #"""
        use axum::{routing::{get, post}, Router};
        mod users;
        fn app() -> Router {
          // .route("/commented", get(x))
          let raw = r#".route("/in/a/string", get(x))"#;
          let api = Router::new().route("/items", get(list).post(create)).merge(health());
          Router::new()
            .nest("/api", api)
            .nest("/users", users::router())
            .route("/:id", axum::routing::delete(remove))
        }
        fn health() -> Router { Router::new().route("/health", get(|| async { "ok" })) }
        fn life<'a>(x: &'a str) -> char { '"' }
        """#,
        "src/users.rs": """
        pub fn router() -> Router<AppState> {
          let mut router = Router::new();
          router = router.route("/", get(index));
          router
        }
        """,
      ],
      """
      GET /api/items
      POST /api/items
      GET /api/health
      GET /users
      DELETE /:id
      """)
    try expect(
      [
        "src/main.rs": """
        use actix_web::{get, web, App, HttpServer};
        #[get("/hello/{name}")]
        async fn hello(name: web::Path<String>) -> impl Responder { "x" }
        #[actix_web::post("/echo")]
        async fn echo() {}
        fn config(cfg: &mut web::ServiceConfig) {
          cfg.service(web::resource("/things").route(web::get().to(list)).route(web::post().to(add)));
        }
        #[actix_web::main]
        async fn main() {
          HttpServer::new(|| App::new()
            .service(echo)
            .service(web::scope("/api").service(hello).configure(config).route("/raw", web::put().to(raw))))
        }
        """
      ],
      """
      POST /echo
      GET /api/hello/{name}
      GET /api/things
      POST /api/things
      PUT /api/raw
      """)
    try expect(
      [
        "src/main.rs": """
        #[macro_use] extern crate rocket;
        #[get("/<id>?<page>")] fn show(id: u32, page: u32) -> String { String::new() }
        #[post("/", data = "<form>")] fn create(form: Form<X>) {}
        #[launch] fn rocket() -> _ { rocket::build().mount("/posts", routes![show, create]) }
        """
      ],
      """
      GET /posts/<id>
      POST /posts
      """)
  }

  @Test("Vapor and Hummingbird")
  func swift() throws {
    try expect(
      [
        "Sources/App/routes.swift": """
        import Vapor
        func routes(_ app: Application) throws {
          app.get { req in "root" }
          app.get("hello", ":name") { req in "x" }
          app.group("users") { users in
            users.post("login", use: login)
          }
          let api = app.grouped("api", "v1").grouped(Auth())
          api.delete(.parameter("id"), use: remove)
          try app.register(collection: Todos())
        }
        """,
        "Sources/App/Todos.swift": """
        import Vapor
        struct Todos: RouteCollection {
          func boot(routes: any RoutesBuilder) throws {
            let todos = routes.grouped("todos")
            todos.get(use: index)
            todos.on(.PATCH, ":id", body: .collect, use: update)
          }
          func index(req: Request) -> String { "app.get(\\"nope\\")" }
        }
        """,
      ],
      """
      GET /
      GET /hello/:name
      POST /users/login
      DELETE /api/v1/:id
      GET /todos
      PATCH /todos/:id
      """)
    try expect(
      [
        "Sources/App/App.swift": """
        import Hummingbird
        func build() {
          let router = Router()
          router.get("/health") { _, _ in HTTPResponse.Status.ok }
          router.group("api/books")
            .get(":isbn", use: show)
            .post(use: create)
        }
        """
      ],
      """
      GET /health
      GET /api/books/:isbn
      POST /api/books
      """)
  }

  @Test("Phoenix")
  func phoenix() throws {
    try expect(
      [
        "lib/shop_web/router.ex": """
        defmodule ShopWeb.Router do
          use ShopWeb, :router
          pipeline :browser do
            plug :accepts, ["html"]
          end
          # get "/commented", X, :y
          scope "/", ShopWeb do
            pipe_through :browser
            get "/", PageController, :home
            live "/live", CounterLive
            resources "/users", UserController, only: [:index, :show] do
              resources "/posts", PostController, except: [:new, :edit, :update, :delete]
            end
          end
          scope "/api", ShopWeb.Api do
            post "/orders", OrderController, :create
            forward "/graphql", Absinthe.Plug
          end
        end
        """
      ],
      """
      GET /
      GET /live
      GET /users
      GET /users/:id
      GET /users/:user_id/posts
      GET /users/:user_id/posts/:id
      POST /users/:user_id/posts
      POST /api/orders
      ANY /api/graphql/*
      """)
  }
}
