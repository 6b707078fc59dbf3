import Testing

@Suite("Routes in Go")
struct GoRoutesTests {
  @Test("net/http")
  func standard() throws {
    try expect(
      [
        "main.go": """
        package main
        import "net/http"
        const base = "/api"
        func main() {
          mux := http.NewServeMux()
          mux.HandleFunc("GET /items/{id}", item)
          mux.HandleFunc("POST "+base+"/items", create)
          mux.Handle("/static/", http.StripPrefix("/static/", files))
          http.HandleFunc("/legacy", func(w http.ResponseWriter, r *http.Request) {})
          // mux.HandleFunc("/commented", nil)
          s := `mux.HandleFunc("/in/a/string", nil)`
          sub := http.NewServeMux()
          sub.HandleFunc("/stats", stats)
          mux.Handle("/admin/", http.StripPrefix("/admin", sub))
          http.Get("https://example.org/x")
        }
        """
      ],
      """
      GET /items/{id}
      POST /api/items
      ANY /static/
      ANY /legacy
      ANY /admin/stats
      """)
  }

  @Test("Gin and Echo: groups, groups given to functions of other packages")
  func groups() throws {
    try expect(
      [
        "go.mod": "module example.org/shop\n",
        "main.go": """
        package main
        import (
          "github.com/gin-gonic/gin"
          "example.org/shop/users"
        )
        func main() {
          r := gin.Default()
          v1 := r.Group("/v1", auth())
          {
            v1.GET("/ping", ping)
            v1.Handle("PUT", "/thing", put)
          }
          users.Register(v1.Group("/users"))
          setup(r)
          r.Group("/chained").GET("/x", x)
          r.Any("/any", any)
          r.NoRoute(missing)
        }
        func setup(rg *gin.Engine) { rg.DELETE("/x/:id", remove) }
        """,
        "users/routes.go": """
        package users
        import "github.com/gin-gonic/gin"
        func Register(rg *gin.RouterGroup) {
          rg.GET("", list)
          rg.POST("/", create)
          rg.GET("/:id", show)
        }
        """,
        "main_test.go": "package main\nfunc f() { r.GET(\"/in/a/test\", h) }\n",
      ],
      """
      GET /v1/ping
      PUT /v1/thing
      GET /v1/users
      POST /v1/users/
      GET /v1/users/:id
      DELETE /x/:id
      GET /chained/x
      ANY /any
      """)
    try expect(
      [
        "server.go": """
        package main
        import "github.com/labstack/echo/v4"
        type Server struct { e *echo.Echo; api *echo.Group }
        func (s *Server) init() {
          s.e = echo.New()
          s.api = s.e.Group("/api")
        }
        func (s *Server) routes() {
          s.api.GET("/a", s.a, middleware)
          s.e.POST("/b", s.b)
        }
        """
      ],
      """
      GET /api/a
      POST /b
      """)
  }

  @Test("chi and gorilla/mux")
  func chiAndGorilla() throws {
    try expect(
      [
        "chi.go": """
        package main
        import "github.com/go-chi/chi/v5"
        func main() {
          r := chi.NewRouter()
          r.Get("/", home)
          r.Route("/articles", func(r chi.Router) {
            r.Get("/", list)
            r.With(paginate).Get("/{slug}", show)
            r.Group(func(r chi.Router) {
              r.Use(admin)
              r.Post("/", create)
            })
          })
          r.Mount("/admin", adminRouter())
          value := r.Header.Get("X-Id")
        }
        func adminRouter() http.Handler {
          r := chi.NewRouter()
          r.MethodFunc("DELETE", "/users/{id}", remove)
          return r
        }
        """
      ],
      """
      GET /
      GET /articles/
      GET /articles/{slug}
      POST /articles/
      DELETE /admin/users/{id}
      """)
    try expect(
      [
        "mux.go": """
        package main
        import "github.com/gorilla/mux"
        func main() {
          r := mux.NewRouter()
          r.HandleFunc("/books/{title}", book).Methods("GET", "HEAD").Name("book")
          s := r.PathPrefix("/v2").Subrouter()
          s.HandleFunc("/authors", authors).Methods(http.MethodPost)
          r.Methods("PUT").Path("/settings").HandlerFunc(settings)
          r.PathPrefix("/static/").Handler(files)
        }
        """
      ],
      """
      GET /books/{title}
      HEAD /books/{title}
      POST /v2/authors
      PUT /settings
      ANY /static/*
      """)
  }
}
