import Testing

@testable import Orientation

@Suite("Routes in Ruby")
struct RubyRoutesTests {
  @Test("Rails: resources written out, nested, shallow, scoped, by loop and by concern")
  func rails() throws {
    try expect(
      [
        "config/routes.rb": #"""
        # get '/commented', to: 'x#y'
        =begin
        get '/also', to: 'x#y'
        =end
        Rails.application.routes.draw do
          root to: 'home#index'
          concern :commentable do
            resources :comments, only: [:index, :create]
          end
          resources :posts, only: %i[index show], concerns: :commentable do
            member { post :publish }
            get :preview, on: :member
            collection do
              get 'search'
            end
            get 'stats'
          end
          resource :profile, only: [:show, :update]
          namespace :admin do
            resources :categories, except: [:new, :edit, :show], path: 'cats', param: :slug
          end
          scope '/v1', module: 'v1' do
            match 'ping', to: 'ping#show', via: [:get, :post]
            get 'about' => 'pages#about', as: :about
          end
          shallow do
            resources :books, only: :show do
              resources :pages, only: [:index, :show]
            end
          end
          %w(terms privacy).each do |page|
            get "legal/#{page}", to: "legal##{page}"
          end
          constraints(subdomain: 'api') { get 'status', to: 'status#show' }
          get 'maybe(/:id)', to: 'maybe#show' if true
          mount Sidekiq::Web => '/sidekiq'
          draw(:extra)
        end
        """#,
        "config/routes/extra.rb": "delete 'extra/:id', to: 'extra#destroy'\n",
        "spec/routes_spec.rb": "get '/in/a/test'",
      ],
      """
      GET /
      GET /posts
      GET /posts/:id
      GET /posts/:post_id/comments
      POST /posts/:post_id/comments
      POST /posts/:id/publish
      GET /posts/:id/preview
      GET /posts/search
      GET /posts/:post_id/stats
      GET /profile
      PATCH /profile
      PUT /profile
      GET /admin/cats
      POST /admin/cats
      PATCH /admin/cats/:slug
      PUT /admin/cats/:slug
      DELETE /admin/cats/:slug
      GET /v1/ping
      POST /v1/ping
      GET /v1/about
      GET /books/:id
      GET /books/:book_id/pages
      GET /pages/:id
      GET /legal/terms
      GET /legal/privacy
      GET /status
      GET /maybe(/:id)
      ANY /sidekiq/*
      DELETE /extra/:id
      """)
  }

  @Test(
    "Rails: singular names",
    arguments: [
      ("categories", "category"), ("addresses", "address"), ("issue_statuses", "issue_status"), ("people", "person"),
      ("boxes", "box"), ("branches", "branch"), ("news", "news"), ("wiki", "wiki"), ("time_entries", "time_entry"),
      ("databases", "database"), ("children", "child"),
    ])
  func singular(_ plural: String, _ singular: String) { #expect(RailsRoutes.singular(plural) == singular) }

  @Test("Sinatra: verbs with blocks, namespaces, config.ru, heredocs")
  func sinatra() throws {
    try expect(
      [
        "Gemfile": "gem 'sinatra'\n",
        "config.ru": "require './app'\nmap '/api' do\n  run Api\nend\n",
        "app.rb": #"""
        require 'sinatra/base'
        class Api < Sinatra::Base
          HELP = <<~TEXT
            get '/in/a/heredoc' do
          TEXT
          get '/' do
            x = params.get('/not')
            "#{x}"
          end
          post '/items' do
            redirect '/'
          end
          namespace '/v1' do
            delete '/items/:id' do |id|
              halt 204 if id
            end
          end
          get %r{/hello/([\w]+)} do
          end
        end
        """#,
      ],
      #"""
      GET /api/
      POST /api/items
      DELETE /api/v1/items/:id
      GET /api/hello/([\w]+)
      """#)
  }
}
